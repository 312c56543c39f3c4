with

figures as (

    select * from {{ ref('ml_persona_sentences') }}

),

segments as (

    select
        segment_id,
        dimension
    from {{ ref('dim_segments') }}

),

sentences as (

    select
        sentence_id,
        segment_id,
        section,
        sentence_number,
        sentence,
        count(figure) as count_figures,
        string_agg(distinct feature, ', ' order by feature) as features
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
    cast(sentences.sentence_id as {{ dbt.type_string() }}) as sentence_id,
    cast(sentences.segment_id as {{ dbt.type_string() }}) as segment_id,

    ---------- strings
    cast(segments.dimension as {{ dbt.type_string() }}) as dimension,
    cast(sentences.section as {{ dbt.type_string() }}) as section,
    cast(sections.heading as {{ dbt.type_string() }}) as heading,
    cast(sentences.sentence as {{ dbt.type_string() }}) as sentence,
    cast(sentences.features as {{ dbt.type_string() }}) as features,

    ---------- numerics
    cast(sections.section_number as bigint) as section_number,
    cast(sentences.sentence_number as bigint) as sentence_number,
    cast(sentences.count_figures as bigint) as count_figures
from sentences
inner join segments
    on sentences.segment_id = segments.segment_id
left join sections
    on sentences.section = sections.section
