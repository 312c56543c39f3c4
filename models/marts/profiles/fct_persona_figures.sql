select
    ---------- ids
    cast(
        sentence_id || ':' || cast(figure_number as {{ dbt.type_string() }})
        as {{ dbt.type_string() }}
    ) as figure_id,
    cast(sentence_id as {{ dbt.type_string() }}) as sentence_id,
    cast(segment_id as {{ dbt.type_string() }}) as segment_id,

    ---------- strings
    cast(source as {{ dbt.type_string() }}) as source,
    cast(feature as {{ dbt.type_string() }}) as feature,
    cast(feature_value as {{ dbt.type_string() }}) as feature_value,
    cast(figure as {{ dbt.type_string() }}) as figure,
    cast(written as {{ dbt.type_string() }}) as written,

    ---------- numerics
    cast(figure_number as bigint) as figure_number,
    cast(figure_value as double) as figure_value
from {{ for_readers('ml_persona_sentences') }}
where figure is not null
