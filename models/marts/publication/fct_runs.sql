{{ config(materialized="view") }}

select
    ---------- ids
    cast(run_id as {{ dbt.type_string() }}) as run_id,

    ---------- strings
    cast(command as {{ dbt.type_string() }}) as command,
    cast(outcome as {{ dbt.type_string() }}) as outcome,
    cast(version as {{ dbt.type_string() }}) as version,
    cast(fits as {{ dbt.type_string() }}) as fits,
    cast(code_version as {{ dbt.type_string() }}) as code_version,
    cast(settings as {{ dbt.type_string() }}) as settings,

    ---------- numerics
    cast(count_nodes as bigint) as count_nodes,
    cast(count_built as bigint) as count_built,
    cast(count_skipped as bigint) as count_skipped,
    cast(count_errors as bigint) as count_errors,
    cast(count_tests as bigint) as count_tests,
    cast(count_failed_tests as bigint) as count_failed_tests,
    cast(count_warned_tests as bigint) as count_warned_tests,
    cast(count_rows_in as bigint) as count_rows_in,
    cast(count_rows_accepted as bigint) as count_rows_accepted,
    cast(count_rows_rejected as bigint) as count_rows_rejected,
    cast(seconds as bigint) as seconds,
    cast(node_seconds as double) as node_seconds,

    ---------- timestamps
    cast(started_at as timestamp) as started_at,
    cast(ended_at as timestamp) as ended_at
from {{ for_readers('int_runs') }}
