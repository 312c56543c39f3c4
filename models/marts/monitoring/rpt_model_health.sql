select
    ---------- ids
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(model_name as {{ dbt.type_string() }}) as model_name,
    cast(target as {{ dbt.type_string() }}) as target,
    cast(champion as {{ dbt.type_string() }}) as champion,
    cast(action as {{ dbt.type_string() }}) as action,
    cast(reason as {{ dbt.type_string() }}) as reason,
    cast(most_shifted_feature as {{ dbt.type_string() }}) as most_shifted_feature,

    ---------- numerics
    cast(fit_age_days as bigint) as fit_age_days,
    cast(count_features as bigint) as count_features,
    cast(count_shifted as bigint) as count_shifted,
    cast(expected_auc_change as double) as expected_auc_change,
    cast(expected_log_loss_change as double) as expected_log_loss_change,
    cast(predicted as double) as predicted,
    cast(realised as double) as realised,
    cast(realised_z as double) as realised_z,

    ---------- booleans
    is_drift_found,
    is_score_shifted,
    is_realised_off,
    is_baseline,

    ---------- dates
    cast(fit_date as date) as fit_date,
    cast(trained_until as date) as trained_until,
    cast(realised_anchor_date as date) as realised_anchor_date,
    cast(as_of_date as date) as as_of_date
from {{ for_readers('int_fits__health') }}
