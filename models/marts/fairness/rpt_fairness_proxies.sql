select
    ---------- ids
    cast(
        attribute || ':' || group_name || ':' || feature as {{ dbt.type_string() }}
    ) as proxy_id,

    ---------- strings
    cast(attribute as {{ dbt.type_string() }}) as attribute,
    cast(group_name as {{ dbt.type_string() }}) as group_name,
    cast(feature as {{ dbt.type_string() }}) as feature,

    ---------- numerics
    cast(feature_rank as bigint) as feature_rank,
    cast(count_customers as bigint) as count_customers,
    cast(count_in_group as bigint) as count_in_group,
    cast(round(auc, 6) as double) as auc,
    cast(round(auc_lower, 6) as double) as auc_lower,
    cast(round(auc_upper, 6) as double) as auc_upper,
    cast(round(standardised_difference, 6) as double) as standardised_difference,

    ---------- booleans
    -- a rule that is worse than chance among customers it has not seen tells nothing
    coalesce(
        auc_lower > 0.5 or (auc_upper < 0.5 and feature_rank > 0), false
    ) as is_told_apart
from {{ for_readers('ml_fairness__proxies') }}
