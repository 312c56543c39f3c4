select
    ---------- ids
    segment_id,

    ---------- strings
    dimension,
    segment_code,
    segment_name,
    cast(card as {{ dbt.type_string() }}) as card,

    ---------- numerics
    segment_order,
    cast(count_customers as bigint) as count_customers,

    ---------- booleans
    is_small,

    ---------- dates
    as_of_date
from {{ for_readers('int_segments__personas') }}
