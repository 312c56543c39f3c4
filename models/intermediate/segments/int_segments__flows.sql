{{ config(materialized="table") }}

-- Segment before, segment after, and the two in between: the one if only the customer
-- had moved, and the one if only the cut points had.
with

grid as (

    select anchor_date as grid_date from {{ ref('int_history_anchors') }}
    where is_on_grid

),

{% for dimension, column in segment_dimensions().items() -%}
{%- set has_cuts = dimension != 'lifecycle' %}
{{ dimension }}_customers as (

    select
        previous_{{ column }} as from_segment_code,
        {% if has_cuts -%}
        -- customers who bought or returned all they had are not moved by cut points
        case
            when was_customer and count_orders > 0 then {{ column }}_by_earlier_cuts
            else {{ column }}
        end as segment_code_by_earlier_cuts,
        coalesce({{ column }}_of_earlier_features, previous_{{ column }})
            as segment_code_of_earlier_features,
        {% else -%}
        {{ column }} as segment_code_by_earlier_cuts,
        previous_{{ column }} as segment_code_of_earlier_features,
        {% endif -%}
        {{ column }} as to_segment_code,
        is_first as is_new,
        has_changed,
        cast(net_amount_365d as decimal(18, 4)) as net_amount_365d,
        anchor_date
    from {{ ref(history_with(dimension)) }}
    inner join grid
        on anchor_date = grid_date

){{ ',' if not loop.last }}

{% endfor -%}
{% for dimension in segment_dimensions() -%}
select
    anchor_date,
    '{{ dimension }}' as dimension,
    from_segment_code,
    segment_code_by_earlier_cuts,
    segment_code_of_earlier_features,
    to_segment_code,
    is_new,
    has_changed,
    count(*) as count_customers,
    sum(net_amount_365d) as total_net_amount_365d
from {{ dimension }}_customers
group by
    anchor_date,
    from_segment_code,
    segment_code_by_earlier_cuts,
    segment_code_of_earlier_features,
    to_segment_code,
    is_new,
    has_changed
{% if not loop.last %}union all{% endif %}
{% endfor %}
