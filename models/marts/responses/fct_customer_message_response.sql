select
    ---------- ids
    customer_id,
    cast(click_fit_id as {{ dbt.type_string() }}) as click_fit_id,
    cast(order_fit_id as {{ dbt.type_string() }}) as order_fit_id,

    ---------- strings
    cast(click_served_by as {{ dbt.type_string() }}) as click_served_by,
    cast(order_served_by as {{ dbt.type_string() }}) as order_served_by,

    ---------- numerics
    cast(click_probability as double) as click_probability,
    cast(order_probability as double) as order_probability,
    cast(response_days as bigint) as response_days,

    ---------- dates
    as_of_date
from {{ for_readers('int_customers__message_response') }}
