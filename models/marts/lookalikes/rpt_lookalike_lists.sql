select
    ---------- ids
    cast(list_id as {{ dbt.type_string() }}) as list_id,

    ---------- strings
    cast(baseline as {{ dbt.type_string() }}) as baseline,
    cast(verdict as {{ dbt.type_string() }}) as verdict,

    ---------- numerics
    cast(count_seed_customers as bigint) as count_seed_customers,
    cast(count_unknown_customers as bigint) as count_unknown_customers,
    cast(count_seed_buyers as bigint) as count_seed_buyers,
    cast(count_lookalikes as bigint) as count_lookalikes,
    cast(count_candidates as bigint) as count_candidates,
    cast(count_held_out as bigint) as count_held_out,
    cast(count_found as bigint) as count_found,
    cast(base_rate as double) as base_rate,
    cast(hit_rate as double) as hit_rate,
    cast(hit_rate_lower as double) as hit_rate_lower,
    cast(hit_rate_upper as double) as hit_rate_upper,
    cast(lift as double) as lift,
    cast(lift_lower as double) as lift_lower,
    cast(lift_upper as double) as lift_upper,
    cast(auc as double) as auc,
    cast(baseline_hit_rate as double) as baseline_hit_rate,
    cast(baseline_auc as double) as baseline_auc,
    cast(difference as double) as difference,
    cast(difference_lower as double) as difference_lower,
    cast(difference_upper as double) as difference_upper,

    ---------- booleans
    cast(beats_baseline as boolean) as beats_baseline,

    ---------- dates
    as_of_date
from {{ for_readers('int_lookalike_lists') }}
