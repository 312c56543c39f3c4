select
    ---------- ids
    customer_id,
    cast(segment_id as {{ dbt.type_string() }}) as segment_id,

    ---------- strings
    cast(dimension as {{ dbt.type_string() }}) as dimension,
    cast(segment_code as {{ dbt.type_string() }}) as segment_code,
    cast(previous_segment_code as {{ dbt.type_string() }}) as previous_segment_code,

    ---------- booleans
    is_current,

    ---------- dates
    valid_from,
    valid_to
from {{ for_readers('int_customers__segment_history') }}
