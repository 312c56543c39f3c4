select
    ---------- ids
    customer_id,
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(served_by as {{ dbt.type_string() }}) as served_by,
    cast(purchase_model as {{ dbt.type_string() }}) as purchase_model,
    cast(spend_model as {{ dbt.type_string() }}) as spend_model,
    cast(value_band as {{ dbt.type_string() }}) as value_band,
    cast(value_basis as {{ dbt.type_string() }}) as value_basis,

    ---------- numerics
    cast(lifetime_net_amount as decimal(18, 2)) as lifetime_net_amount,
    cast(expected_net_amount as decimal(18, 2)) as expected_net_amount,
    cast(net_amount_p10 as decimal(18, 2)) as net_amount_p10,
    cast(net_amount_p90 as decimal(18, 2)) as net_amount_p90,
    cast(no_purchase_probability as double) as no_purchase_probability,
    cast(net_amount_p10_if_buying as decimal(18, 2)) as net_amount_p10_if_buying,
    cast(net_amount_p90_if_buying as decimal(18, 2)) as net_amount_p90_if_buying,
    cast(expected_value_amount as decimal(18, 2)) as expected_value_amount,
    cast(margin_rate as double) as margin_rate,
    cast(expected_order_days as double) as expected_order_days,
    cast(order_days_p10 as double) as order_days_p10,
    cast(order_days_p90 as double) as order_days_p90,
    cast(expected_order_amount as decimal(18, 2)) as expected_order_amount,
    cast(alive_probability as double) as alive_probability,
    cast(churn_probability as double) as churn_probability,
    cast(avg_days_between_orders as double) as avg_days_between_orders,
    cast(days_to_next_order as double) as days_to_next_order,
    cast(horizon_days as bigint) as horizon_days,

    ---------- booleans
    is_baseline,

    ---------- dates
    cast(next_order_date as date) as next_order_date,
    as_of_date
from {{ for_readers('int_customers__value') }}
