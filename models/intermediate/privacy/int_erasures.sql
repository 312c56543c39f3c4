{{ config(materialized='view') }}

select
    ---------- ids
    md5(concat_ws(
        '|', run_id, cast(person_number as {{ dbt.type_string() }}), table_name
    )) as erasure_id,
    run_id,
    person_hash,

    ---------- strings
    table_name,

    ---------- numerics
    person_number,
    count_rows_removed,

    ---------- timestamps
    requested_at,
    erased_at
from {{ source('ledger', 'erasures') }}
