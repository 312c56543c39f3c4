{{ config(materialized='view') }}

with

customers as (

    select
        {% for column in segment_dimensions().values() -%}
        {{ column }},
        lag({{ column }}) over (
            partition by customer_id
            order by anchor_date
        ) as previous_{{ column }},
        {% endfor -%}
        customer_id,
        anchor_date
    from {{ ref('int_customers__history') }}

),

changes as (

    {% for dimension, column in segment_dimensions().items() -%}
    select
        customer_id,
        '{{ dimension }}' as dimension,
        {{ column }} as segment_code,
        previous_{{ column }} as previous_segment_code,
        anchor_date as valid_from
    from customers
    where coalesce({{ column }}, '') <> coalesce(previous_{{ column }}, '')
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
