{{ config(materialized="table") }}
{%- set dimensions = segment_dimensions() %}

-- Segment before, segment after, and the two in between: the one if only the customer
-- had moved, and the one if only the cut points had.
with

customers as (

    select
        {% for dimension, column in dimensions.items() -%}
        previous_{{ column }} as from_{{ dimension }},
        -- customers who bought or returned all they had are not moved by cut points
        case
            when was_customer and count_orders > 0 then {{ column }}_by_earlier_cuts
            else {{ column }}
        end as {{ dimension }}_by_earlier_cuts,
        coalesce({{ column }}_of_earlier_features, previous_{{ column }})
            as {{ dimension }}_of_earlier_features,
        {{ column }} as to_{{ dimension }},
        {% endfor -%}
        is_first as is_new,
        has_changed,
        cast(net_amount_365d as decimal(18, 4)) as net_amount_365d,
        anchor_date
    from {{ ref('int_customers__history') }}

),

-- one pass over history for all ways of segmenting
counted as (

    select
        anchor_date,
        is_new,
        has_changed,
        {% for dimension in dimensions -%}
        grouping(to_{{ dimension }}) as is_not_{{ dimension }},
        from_{{ dimension }},
        {{ dimension }}_by_earlier_cuts,
        {{ dimension }}_of_earlier_features,
        to_{{ dimension }},
        {% endfor -%}
        count(*) as count_customers,
        sum(net_amount_365d) as total_net_amount_365d
    from customers
    group by grouping sets (  -- noqa: PRS
        {%- for dimension in dimensions %}
        (
            anchor_date,
            is_new,
            has_changed,
            from_{{ dimension }},
            {{ dimension }}_by_earlier_cuts,
            {{ dimension }}_of_earlier_features,
            to_{{ dimension }}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    )

)

{% for dimension in dimensions -%}
select
    anchor_date,
    '{{ dimension }}' as dimension,
    from_{{ dimension }} as from_segment_code,
    {{ dimension }}_by_earlier_cuts as segment_code_by_earlier_cuts,
    {{ dimension }}_of_earlier_features as segment_code_of_earlier_features,
    to_{{ dimension }} as to_segment_code,
    is_new,
    has_changed,
    count_customers,
    total_net_amount_365d
from counted
where is_not_{{ dimension }} = 0
{% if not loop.last %}union all{% endif %}
{% endfor %}
