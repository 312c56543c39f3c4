select
    ---------- ids
    cast(anchor_date as date) as anchor_date,
    cast(dimension as {{ dbt.type_string() }}) as dimension,
    cast(from_segment_code as {{ dbt.type_string() }}) as from_segment_code,
    cast(to_segment_code as {{ dbt.type_string() }}) as to_segment_code,

    ---------- numerics
    cast(count_customers as bigint) as count_customers,
    cast(count_from_customers as bigint) as count_from_customers,
    cast(transition_rate as double) as transition_rate,
    cast(transition_rate_lower as double) as transition_rate_lower,
    cast(transition_rate_upper as double) as transition_rate_upper,
    cast(total_net_amount_365d as decimal(18, 2)) as total_net_amount_365d,

    ---------- booleans
    is_new,
    is_stay
from {{ for_readers('int_segments__transitions') }}
