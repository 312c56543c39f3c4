{{ config(materialized='view') }}

{%- set line = "\n" %}
with

segments as (

    select * from {{ ref('int_segments') }}

),

sizes as (

    select
        segment_id,
        count_customers,
        as_of_date
    from {{ ref('int_segments__overview') }}

),

sections as (

    select
        segment_id,
        section_number,
        '## ' || heading || '{{ line ~ line }}- '
        || {{ dbt.listagg(
            'sentence', "'" ~ line ~ "- '", 'order by sentence_number'
        ) }} as body
    from {{ ref('int_segments__persona_sentences') }}
    group by segment_id, section_number, heading

),

cards as (

    select
        segment_id,
        {{ dbt.listagg(
            'body', "'" ~ line ~ line ~ "'", 'order by section_number'
        ) }} as body
    from sections
    group by segment_id

)

select
    ---------- ids
    segments.segment_id,

    ---------- strings
    segments.dimension,
    segments.segment_code,
    segments.segment_name,
    '# ' || segments.segment_name || ' (' || segments.dimension || ')'
    || '{{ line ~ line }}' || cards.body as card,

    ---------- numerics
    segments.segment_order,
    sizes.count_customers,

    ---------- booleans
    {{ is_small_segment('sizes.count_customers') }} as is_small,

    ---------- dates
    sizes.as_of_date
from segments
inner join cards
    on segments.segment_id = cards.segment_id
inner join sizes
    on segments.segment_id = sizes.segment_id
