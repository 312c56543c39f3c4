select
    ---------- ids
    cast(fairness_id as {{ dbt.type_string() }}) as fairness_id,
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(audience_kind as {{ dbt.type_string() }}) as audience_kind,
    cast(audience as {{ dbt.type_string() }}) as audience,
    cast(attribute as {{ dbt.type_string() }}) as attribute,
    cast(group_name as {{ dbt.type_string() }}) as group_name,
    cast(most_favoured_group as {{ dbt.type_string() }}) as most_favoured_group,
    cast(verdict as {{ dbt.type_string() }}) as verdict,

    ---------- numerics
    cast(count_customers as bigint) as count_customers,
    cast(count_selected as bigint) as count_selected,
    cast(selection_rate as double) as selection_rate,
    cast(selection_ratio as double) as selection_ratio,
    cast(selection_ratio_lower as double) as selection_ratio_lower,
    cast(selection_ratio_upper as double) as selection_ratio_upper,
    cast(count_judged as bigint) as count_judged,
    cast(count_outcomes as bigint) as count_outcomes,
    cast(true_positive_rate as double) as true_positive_rate,
    cast(true_positive_gap as double) as true_positive_gap,
    cast(true_positive_gap_lower as double) as true_positive_gap_lower,
    cast(true_positive_gap_upper as double) as true_positive_gap_upper,
    cast(false_positive_rate as double) as false_positive_rate,
    cast(false_positive_gap as double) as false_positive_gap,
    cast(false_positive_gap_lower as double) as false_positive_gap_lower,
    cast(false_positive_gap_upper as double) as false_positive_gap_upper,
    cast(mean_predicted as double) as mean_predicted,
    cast(mean_observed as double) as mean_observed,
    cast(calibration_gap as double) as calibration_gap,

    ---------- booleans
    too_few_to_judge,

    ---------- dates
    cast(as_of_date as date) as as_of_date,
    cast(judged_on as date) as judged_on
from {{ for_readers('int_fairness') }}
