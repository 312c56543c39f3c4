{{ config(materialized='view') }}
{%- set dimensions = segment_dimensions() %}
{%- set moves = [] %}
{%- for column in dimensions.values() %}
{%- do moves.append(column ~ ' is distinct from previous_' ~ column) %}
{%- endfor %}

with

-- most customers stay where they are from one date to the next
moved as (

    select
        customer_id,
        anchor_date,
        {% for column in dimensions.values() -%}
        {{ column }},
        previous_{{ column }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_customers__history') }}
    where {{ moves | join('\n        or ') }}

),

changes as (

    {% for dimension, column in dimensions.items() -%}
    select
        customer_id,
        '{{ dimension }}' as dimension,
        {{ column }} as segment_code,
        previous_{{ column }} as previous_segment_code,
        anchor_date as valid_from
    from moved
    where {{ moves[loop.index0] }}
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
