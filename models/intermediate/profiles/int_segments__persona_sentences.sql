with

figures as (

    select * from {{ ref('ml_persona_sentences') }}

),

segments as (

    select
        segment_id,
        dimension
    from {{ ref('int_segments') }}

),

sentences as (

    select
        sentence_id,
        segment_id,
        section,
        sentence_number,
        sentence,
        count(figure) as count_figures,
        {{ dbt.listagg('distinct feature', "', '", 'order by feature') }} as features
    from figures
    group by sentence_id, segment_id, section, sentence_number, sentence

),

sections as (

    {% for section, heading in persona_sections().items() -%}
    select
        '{{ section }}' as section,
        '{{ heading }}' as heading,
        {{ loop.index }} as section_number
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    ---------- ids
    sentences.sentence_id,
    sentences.segment_id,

    ---------- strings
    segments.dimension,
    sentences.section,
    sections.heading,
    sentences.sentence,
    sentences.features,

    ---------- numerics
    sections.section_number,
    sentences.sentence_number,
    sentences.count_figures
from sentences
inner join segments
    on sentences.segment_id = segments.segment_id
left join sections
    on sentences.section = sections.section
