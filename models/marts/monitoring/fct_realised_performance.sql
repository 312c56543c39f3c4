select
    ---------- ids
    cast(realised_id as {{ dbt.type_string() }}) as realised_id,
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(model_name as {{ dbt.type_string() }}) as model_name,
    cast(kind as {{ dbt.type_string() }}) as kind,
    cast(champion as {{ dbt.type_string() }}) as champion,
    cast(source as {{ dbt.type_string() }}) as source,

    ---------- numerics
    cast(horizon_days as bigint) as horizon_days,
    cast(count_customers as bigint) as count_customers,
    cast(mean_predicted as double) as mean_predicted,
    cast(observed_rate as double) as observed_rate,
    cast(observed_rate_lower as double) as observed_rate_lower,
    cast(observed_rate_upper as double) as observed_rate_upper,
    cast(predicted_total as double) as predicted_total,
    cast(actual_total as double) as actual_total,
    cast(predicted_over_realised as double) as predicted_over_realised,
    cast(predicted_over_realised_lower as double) as predicted_over_realised_lower,
    cast(predicted_over_realised_upper as double) as predicted_over_realised_upper,
    cast(log_loss as double) as log_loss,
    cast(log_loss_lower as double) as log_loss_lower,
    cast(log_loss_upper as double) as log_loss_upper,
    cast(brier_score as double) as brier_score,
    cast(auc as double) as auc,
    cast(auc_lower as double) as auc_lower,
    cast(auc_upper as double) as auc_upper,
    cast(spearman as double) as spearman,
    cast(spearman_lower as double) as spearman_lower,
    cast(spearman_upper as double) as spearman_upper,
    cast(interval_coverage as double) as interval_coverage,
    cast(interval_coverage_lower as double) as interval_coverage_lower,
    cast(interval_coverage_upper as double) as interval_coverage_upper,

    ---------- booleans
    is_baseline,
    is_serving_now,

    ---------- dates
    cast(anchor_date as date) as anchor_date,
    cast(fit_date as date) as fit_date
from {{ for_readers('int_fits__realised') }}
