select
    ---------- ids
    customer_id,
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(served_by as {{ dbt.type_string() }}) as served_by,
    cast(churn_risk_tier as {{ dbt.type_string() }}) as churn_risk_tier,

    ---------- numerics
    cast(churn_probability as double) as churn_probability,
    cast(horizon_days as bigint) as horizon_days,

    ---------- booleans
    is_baseline,

    ---------- dates
    as_of_date
from {{ for_readers('int_customers__churn') }}
