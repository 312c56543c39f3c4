select
    ---------- ids
    cast(cohort_month as date) as cohort_month,
    cast(months_since_first_order as bigint) as months_since_first_order,

    ---------- numerics
    cast(count_customers as bigint) as count_customers,
    cast(count_retained_customers as bigint) as count_retained_customers,
    cast(retention_rate as double) as retention_rate,
    cast(retention_rate_lower as double) as retention_rate_lower,
    cast(retention_rate_upper as double) as retention_rate_upper,
    cast(net_amount as decimal(18, 2)) as net_amount,

    ---------- dates
    cast(order_month as date) as order_month,
    as_of_date
from {{ for_readers('int_cohorts__retention') }}
