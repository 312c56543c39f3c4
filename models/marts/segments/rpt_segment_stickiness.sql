select
    ---------- strings
    cast(rule as {{ dbt.type_string() }}) as rule,
    cast(verdict as {{ dbt.type_string() }}) as verdict,

    ---------- numerics
    cast(band_pct as double) as band_pct,
    cast(count_customers as bigint) as count_customers,
    cast(count_pairs as bigint) as count_pairs,
    cast(round(stay_rate, 4) as double) as stay_rate,
    cast(round(stay_rate_lower, 4) as double) as stay_rate_lower,
    cast(round(stay_rate_upper, 4) as double) as stay_rate_upper,
    cast(round(flip_rate, 4) as double) as flip_rate,
    cast(count_lasting_moves as bigint) as count_lasting_moves,
    cast(round(mean_lag_days, 1) as double) as mean_lag_days,
    cast(round(followed_share, 4) as double) as followed_share,
    cast(round(agreement_share, 4) as double) as agreement_share,

    ---------- booleans
    is_in_force
from {{ for_readers('ml_segments__stickiness') }}
