{{ config(materialized="table") }}

-- Segment before, segment after, and the two in between: the one if only the customer
-- had moved, and the one if only the cut points had.
with

customers as (

    select
        {% for column in segment_dimensions().values() -%}
        {{ column }},
        -- customers who bought or returned all they had are not moved by cut points
        case
            when was_customer and count_orders > 0 then {{ column }}_by_earlier_cuts
            else {{ column }}
        end as {{ column }}_by_earlier_cuts,
        {{ column }}_of_earlier_features,
        lag({{ column }}) over (
            partition by customer_id
            order by anchor_date
        ) as from_{{ column }},
        {% endfor -%}
        lag(anchor_date) over (
            partition by customer_id
            order by anchor_date
        ) is null as is_new,
        has_changed,
        cast(net_amount_365d as decimal(18, 4)) as net_amount_365d,
        anchor_date
    from {{ ref('int_customers__history') }}

)

{% for dimension, column in segment_dimensions().items() -%}
select
    anchor_date,
    '{{ dimension }}' as dimension,
    from_{{ column }} as from_segment_code,
    {{ column }}_by_earlier_cuts as segment_code_by_earlier_cuts,
    coalesce({{ column }}_of_earlier_features, from_{{ column }})
        as segment_code_of_earlier_features,
    {{ column }} as to_segment_code,
    is_new,
    has_changed,
    count(*) as count_customers,
    sum(net_amount_365d) as total_net_amount_365d
from customers
group by
    anchor_date,
    from_{{ column }},
    {{ column }}_by_earlier_cuts,
    coalesce({{ column }}_of_earlier_features, from_{{ column }}),
    {{ column }},
    is_new,
    has_changed
{% if not loop.last %}union all{% endif %}
{% endfor %}
