select
    ---------- ids
    cast(sentence_id as {{ dbt.type_string() }}) as sentence_id,
    cast(segment_id as {{ dbt.type_string() }}) as segment_id,

    ---------- strings
    cast(dimension as {{ dbt.type_string() }}) as dimension,
    cast(section as {{ dbt.type_string() }}) as section,
    cast(heading as {{ dbt.type_string() }}) as heading,
    cast(sentence as {{ dbt.type_string() }}) as sentence,
    cast(features as {{ dbt.type_string() }}) as features,

    ---------- numerics
    cast(section_number as bigint) as section_number,
    cast(sentence_number as bigint) as sentence_number,
    cast(count_figures as bigint) as count_figures
from {{ for_readers('int_segments__persona_sentences') }}
