select
    ---------- ids
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(model_name as {{ dbt.type_string() }}) as model_name,
    cast(target as {{ dbt.type_string() }}) as target,
    cast(champion as {{ dbt.type_string() }}) as champion,
    cast(champion_settings as {{ dbt.type_string() }}) as champion_settings,
    cast(verdict as {{ dbt.type_string() }}) as verdict,
    cast(label as {{ dbt.type_string() }}) as label,
    cast(features as {{ dbt.type_string() }}) as features,
    cast(excluded_features as {{ dbt.type_string() }}) as excluded_features,
    cast(settings as {{ dbt.type_string() }}) as settings,
    cast(library_versions as {{ dbt.type_string() }}) as library_versions,
    cast(training_fingerprint as {{ dbt.type_string() }}) as training_fingerprint,

    ---------- numerics
    cast(fit_number as bigint) as fit_number,
    cast(horizon_days as bigint) as horizon_days,
    cast(seed as bigint) as seed,
    cast(count_training_rows as bigint) as count_training_rows,
    cast(count_training_customers as bigint) as count_training_customers,
    cast(count_training_anchors as bigint) as count_training_anchors,
    cast(level_slope as double) as level_slope,
    cast(level_intercept as double) as level_intercept,

    ---------- booleans
    is_baseline,
    is_serving_now,

    ---------- dates
    cast(fit_date as date) as fit_date,
    cast(data_from as date) as data_from,
    cast(trained_from as date) as trained_from,
    cast(trained_until as date) as trained_until
from {{ for_readers('int_fits__registry') }}
