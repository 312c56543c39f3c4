select
    ---------- ids
    cast(calibration_id as {{ dbt.type_string() }}) as calibration_id,
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(model_name as {{ dbt.type_string() }}) as model_name,
    cast(candidate as {{ dbt.type_string() }}) as candidate,

    ---------- numerics
    cast(bin as bigint) as bin,
    cast(count_customers as bigint) as count_customers,
    cast(lowest_predicted as double) as lowest_predicted,
    cast(highest_predicted as double) as highest_predicted,
    cast(mean_predicted as double) as mean_predicted,
    cast(observed_rate as double) as observed_rate,
    cast(observed_lower as double) as observed_lower,
    cast(observed_upper as double) as observed_upper,

    ---------- booleans
    is_calibrated,
    is_serving,

    ---------- dates
    cast(anchor_date as date) as anchor_date
from {{ for_readers('int_model_calibration') }}
