select
    ---------- ids
    segment_id,

    ---------- strings
    dimension,
    segment_code,
    segment_name,
    cast(objective as {{ dbt.type_string() }}) as objective,
    suggested_play,
    cast(owner as {{ dbt.type_string() }}) as owner,
    cast(value_basis as {{ dbt.type_string() }}) as value_basis,
    cast(reason as {{ dbt.type_string() }}) as reason,

    ---------- numerics
    cast(priority_rank as bigint) as priority_rank,
    cast(count_customers as bigint) as count_customers,
    cast(count_at_stake as bigint) as count_at_stake,
    cast(count_valued as bigint) as count_valued,
    cast(valued_days as bigint) as valued_days,
    cast(value_at_stake as decimal(18, 2)) as value_at_stake,
    cast(value_at_stake_lower as decimal(18, 2)) as value_at_stake_lower,
    cast(value_at_stake_upper as decimal(18, 2)) as value_at_stake_upper,
    cast(value_at_stake_share as double) as value_at_stake_share,

    ---------- dates
    as_of_date
from {{ for_readers('int_segments__priorities') }}
