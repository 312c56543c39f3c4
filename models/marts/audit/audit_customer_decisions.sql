{{ config(materialized="view") }}

select
    ---------- ids
    customer_id,

    ---------- strings
    cast(decision as {{ dbt.type_string() }}) as decision,
    cast(outcome as {{ dbt.type_string() }}) as outcome,
    cast(rule as {{ dbt.type_string() }}) as rule,
    cast(rule_version as {{ dbt.type_string() }}) as rule_version,
    cast(decided_on as {{ dbt.type_string() }}) as decided_on,
    cast(decided_by as {{ dbt.type_string() }}) as decided_by,
    cast(contributions as {{ dbt.type_string() }}) as contributions,
    cast(orders as {{ dbt.type_string() }}) as orders,

    ---------- numerics
    cast(outcome_value as double) as outcome_value,
    cast(count_orders as bigint) as count_orders,

    ---------- timestamps
    cast(first_ordered_at as timestamp) as first_ordered_at,
    cast(last_ordered_at as timestamp) as last_ordered_at,

    ---------- dates
    as_of_date
from {{ for_readers('int_customers__decisions') }}
