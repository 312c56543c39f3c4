select
    ---------- ids
    cast(segment_id as {{ dbt.type_string() }}) as segment_id,

    ---------- strings
    cast(dimension as {{ dbt.type_string() }}) as dimension,
    cast(segment_code as {{ dbt.type_string() }}) as segment_code,
    cast(segment_name as {{ dbt.type_string() }}) as segment_name,
    cast(suggested_name as {{ dbt.type_string() }}) as suggested_name,
    cast(name_source as {{ dbt.type_string() }}) as name_source,
    cast(named_by as {{ dbt.type_string() }}) as named_by,
    cast(description as {{ dbt.type_string() }}) as description,
    cast(suggested_play as {{ dbt.type_string() }}) as suggested_play,

    ---------- numerics
    cast(segment_order as bigint) as segment_order,

    ---------- booleans
    is_locked,
    is_current,

    ---------- dates
    cast(named_on as date) as named_on
from {{ for_readers('int_segments') }}
