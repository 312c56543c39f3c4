{{ config(materialized="view") }}

select
    ---------- ids
    cast(run_id as {{ dbt.type_string() }}) as run_id,
    cast(node_id as {{ dbt.type_string() }}) as node_id,

    ---------- strings
    cast(node_name as {{ dbt.type_string() }}) as node_name,
    cast(resource_type as {{ dbt.type_string() }}) as resource_type,
    cast(status as {{ dbt.type_string() }}) as status,
    cast(message as {{ dbt.type_string() }}) as message,

    ---------- numerics
    cast(count_failures as bigint) as count_failures,
    cast(count_rows as bigint) as count_rows,
    cast(seconds as double) as seconds,

    ---------- timestamps
    cast(completed_at as timestamp) as completed_at
from {{ for_readers('int_run_nodes') }}
