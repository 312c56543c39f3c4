select
    ---------- strings
    cast(step as {{ dbt.type_string() }}) as step,

    ---------- numerics
    cast(step_order as bigint) as step_order,
    cast(amount as decimal(38, 4)) as amount
from {{ for_readers('int_sales__reconciliation') }}
