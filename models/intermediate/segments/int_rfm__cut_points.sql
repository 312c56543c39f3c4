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
    {% for metric in ['recency', 'frequency', 'monetary'] -%}
    {% for cut in [20, 40, 60, 80] -%}
    percentile_cont({{ cut / 100 }}) within group (order by {{ metric }})
        as {{ metric }}_cut_{{ cut }},
    {% endfor -%}
    {% endfor -%}
    count(*) as count_customers
from customers
group by anchor_date
