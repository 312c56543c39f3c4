select
    ---------- ids
    cast(scorecard_id as {{ dbt.type_string() }}) as scorecard_id,
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(model_name as {{ dbt.type_string() }}) as model_name,
    cast(target as {{ dbt.type_string() }}) as target,
    cast(candidate as {{ dbt.type_string() }}) as candidate,
    cast(metric as {{ dbt.type_string() }}) as metric,
    cast(verdict as {{ dbt.type_string() }}) as verdict,
    cast(baseline as {{ dbt.type_string() }}) as baseline,

    ---------- numerics
    cast(metric_value as double) as metric_value,
    cast(lower_bound as double) as lower_bound,
    cast(upper_bound as double) as upper_bound,
    cast(baseline_value as double) as baseline_value,
    cast(difference as double) as difference,
    cast(difference_lower as double) as difference_lower,
    cast(difference_upper as double) as difference_upper,
    cast(count_training_rows as bigint) as count_training_rows,
    cast(count_test_rows as bigint) as count_test_rows,

    ---------- booleans
    is_baseline,
    is_higher_better,
    beats_baseline,
    is_serving,

    ---------- dates
    cast(anchor_date as date) as anchor_date,
    cast(fit_date as date) as fit_date
from {{ for_readers('int_model_scorecards') }}
