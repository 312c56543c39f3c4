{{ config(materialized="view") }}

select
    ---------- ids
    cast(run_id as {{ dbt.type_string() }}) as run_id,

    ---------- strings
    cast(table_name as {{ dbt.type_string() }}) as table_name,
    cast(content_checksum as {{ dbt.type_string() }}) as content_checksum,

    ---------- numerics
    cast(count_rows as bigint) as count_rows,
    cast(count_accepted_rows as bigint) as count_accepted_rows,
    cast(count_rejected_rows as bigint) as count_rejected_rows,

    ---------- dates
    cast(first_date as date) as first_date,
    cast(last_date as date) as last_date
from {{ for_readers('int_run_inputs') }}
