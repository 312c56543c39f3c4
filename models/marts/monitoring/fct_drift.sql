select
    ---------- ids
    cast(drift_id as {{ dbt.type_string() }}) as drift_id,
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(model_name as {{ dbt.type_string() }}) as model_name,
    cast(feature as {{ dbt.type_string() }}) as feature,
    cast(verdict as {{ dbt.type_string() }}) as verdict,

    ---------- numerics
    cast(population_stability_index as double) as population_stability_index,
    cast(comparable_stability_index as double) as comparable_stability_index,
    cast(share_difference as double) as share_difference,
    cast(rank_difference as double) as rank_difference,
    cast(p_value as double) as p_value,
    cast(adjusted_p_value as double) as adjusted_p_value,
    cast(count_customers as bigint) as count_customers,
    cast(count_past_differences as bigint) as count_past_differences,
    cast(expected_auc_change as double) as expected_auc_change,
    cast(expected_log_loss_change as double) as expected_log_loss_change,
    cast(expected_gap_change as double) as expected_gap_change,
    cast(fit_age_days as bigint) as fit_age_days,

    ---------- booleans
    is_same_season,

    ---------- dates
    cast(compared_with_date as date) as compared_with_date,
    cast(fit_date as date) as fit_date,
    cast(as_of_date as date) as as_of_date
from {{ for_readers('int_fits__drift') }}
