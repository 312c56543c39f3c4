select
    ---------- ids
    customer_id,
    cast(purchase_fit_id as {{ dbt.type_string() }}) as purchase_fit_id,
    cast(spend_fit_id as {{ dbt.type_string() }}) as spend_fit_id,

    ---------- strings
    cast(probability_served_by as {{ dbt.type_string() }}) as probability_served_by,
    cast(spend_served_by as {{ dbt.type_string() }}) as spend_served_by,
    cast(value_band as {{ dbt.type_string() }}) as value_band,

    ---------- numerics
    cast(horizon_days as bigint) as horizon_days,
    cast(purchase_probability as double) as purchase_probability,
    cast(expected_order_days as double) as expected_order_days,
    cast(order_days_p10 as double) as order_days_p10,
    cast(order_days_p90 as double) as order_days_p90,
    cast(expected_order_amount as decimal(18, 2)) as expected_order_amount,
    cast(expected_net_amount as decimal(18, 2)) as expected_net_amount,
    cast(net_amount_p10 as decimal(18, 2)) as net_amount_p10,
    cast(net_amount_p90 as decimal(18, 2)) as net_amount_p90,
    cast(no_purchase_probability as double) as no_purchase_probability,
    cast(net_amount_p10_if_buying as decimal(18, 2)) as net_amount_p10_if_buying,
    cast(net_amount_p90_if_buying as decimal(18, 2)) as net_amount_p90_if_buying,

    ---------- dates
    as_of_date
from {{ for_readers('int_customers__forecasts') }}
