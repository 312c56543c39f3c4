select
    ---------- ids
    segment_id,

    ---------- strings
    dimension,
    segment_code,
    segment_name,
    cast(typical_figures as {{ dbt.type_string() }}) as typical_figures,
    cast(name_caution as {{ dbt.type_string() }}) as name_caution,

    ---------- numerics
    segment_order,
    cast(count_customers as bigint) as count_customers,
    cast(customer_share as double) as customer_share,
    cast(total_net_amount as decimal(18, 2)) as total_net_amount,
    cast(net_amount_share as double) as net_amount_share,
    cast(avg_order_amount as decimal(18, 2)) as avg_order_amount,
    cast(avg_days_since_last_order as double) as avg_days_since_last_order,
    cast(median_days_since_last_order as double) as median_days_since_last_order,
    cast(median_orders as double) as median_orders,
    cast(median_net_amount as decimal(18, 2)) as median_net_amount,
    cast(avg_churn_probability as double) as avg_churn_probability,

    ---------- dates
    as_of_date
from {{ for_readers('int_segments__overview') }}
