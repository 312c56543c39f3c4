{{ config(materialized='view') }}

with

grid as (

    select anchor_date as grid_date from {{ ref('int_history_anchors') }}
    where is_on_grid

),

changes as (

    {% for dimension, column in segment_dimensions().items() -%}
    select
        customer_id,
        '{{ dimension }}' as dimension,
        {{ column }} as segment_code,
        previous_{{ column }} as previous_segment_code,
        anchor_date as valid_from
    from {{ ref(history_with(dimension)) }}
    inner join grid
        on anchor_date = grid_date
    where {{ column }} is distinct from previous_{{ column }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

ended as (

    select
        *,
        lead(valid_from) over (
            partition by customer_id, dimension
            order by valid_from
        ) as valid_to
    from changes

)

select
    ---------- ids
    customer_id,
    dimension || ':' || segment_code as segment_id,

    ---------- strings
    dimension,
    segment_code,
    previous_segment_code,

    ---------- booleans
    valid_to is null as is_current,

    ---------- dates
    valid_from,
    valid_to
from ended
where segment_code is not null
