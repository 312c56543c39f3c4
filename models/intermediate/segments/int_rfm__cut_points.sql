with

customers as (

    select
        anchor_date,
        cast(days_since_last_order as double) as recency,
        cast(count_orders as double) as frequency,
        cast(lifetime_net_amount as double) as monetary
    from {{ ref('int_customers__features') }}
    where count_orders > 0

)

select
    anchor_date,
    count(*) as count_customers,
    {% for metric in ['recency', 'frequency', 'monetary'] -%}
    {% set outer_last = loop.last -%}
    {% for cut in [20, 40, 60, 80] -%}
    percentile_cont({{ cut / 100 }}) within group (order by {{ metric }})
        as {{ metric }}_cut_{{ cut }}{% if not (outer_last and loop.last) %},{% endif %}
    {% endfor -%}
    {% endfor %}
from customers
group by anchor_date
