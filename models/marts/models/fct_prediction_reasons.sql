select
    ---------- ids
    customer_id,
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(target as {{ dbt.type_string() }}) as target,
    cast(feature as {{ dbt.type_string() }}) as feature,
    cast(reason as {{ dbt.type_string() }}) as reason,
    cast(scale as {{ dbt.type_string() }}) as scale,

    ---------- numerics
    cast(reason_rank as bigint) as reason_rank,
    cast(feature_value as double) as feature_value,
    cast(contribution as double) as contribution,

    ---------- dates
    as_of_date
from {{ for_readers('int_customers__prediction_reasons') }}
