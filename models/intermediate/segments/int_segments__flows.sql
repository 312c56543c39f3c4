{{ config(materialized="table") }}

-- Segment before, segment after, and the segment in between: the one by the cut points
-- of the previous anchor.
with

customers as (

    select
        {% for column in segment_dimensions().values() -%}
        {{ column }},
        {{ column }}_by_earlier_cuts,
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
    coalesce({{ column }}_by_earlier_cuts, {{ column }}) as via_segment_code,
    {{ column }} as to_segment_code,
    is_new,
    has_changed,
    count(*) as count_customers,
    sum(net_amount_365d) as total_net_amount_365d
from customers
group by
    anchor_date,
    from_{{ column }},
    coalesce({{ column }}_by_earlier_cuts, {{ column }}),
    {{ column }},
    is_new,
    has_changed
{% if not loop.last %}union all{% endif %}
{% endfor %}
