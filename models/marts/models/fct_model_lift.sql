select
    ---------- ids
    cast(lift_id as {{ dbt.type_string() }}) as lift_id,
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(model_name as {{ dbt.type_string() }}) as model_name,
    cast(candidate as {{ dbt.type_string() }}) as candidate,

    ---------- numerics
    cast(decile as bigint) as decile,
    cast(count_customers as bigint) as count_customers,
    cast(mean_predicted as double) as mean_predicted,
    cast(actual_total as double) as actual_total,
    cast(actual_mean as double) as actual_mean,
    cast(lift as double) as lift,
    cast(cumulative_capture as double) as cumulative_capture,

    ---------- booleans
    is_serving,

    ---------- dates
    cast(anchor_date as date) as anchor_date
from {{ for_readers('int_model_lift') }}
