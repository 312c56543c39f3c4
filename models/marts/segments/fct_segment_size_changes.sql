select
    ---------- ids
    cast(anchor_date as date) as anchor_date,
    cast(dimension as {{ dbt.type_string() }}) as dimension,
    cast(segment_code as {{ dbt.type_string() }}) as segment_code,
    cast(cause as {{ dbt.type_string() }}) as cause,

    ---------- numerics
    cast(count_before as bigint) as count_before,
    cast(count_joined as double) as count_joined,
    cast(count_left as double) as count_left,
    cast(net_change as double) as net_change,
    cast(count_after as bigint) as count_after
from {{ for_readers('int_segments__size_changes') }}
