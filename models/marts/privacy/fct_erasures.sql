{{ config(materialized="view") }}

select
    ---------- ids
    cast(erasure_id as {{ dbt.type_string() }}) as erasure_id,
    cast(run_id as {{ dbt.type_string() }}) as run_id,
    cast(person_hash as {{ dbt.type_string() }}) as person_hash,

    ---------- strings
    cast(table_name as {{ dbt.type_string() }}) as table_name,

    ---------- numerics
    cast(person_number as bigint) as person_number,
    cast(count_rows_removed as bigint) as count_rows_removed,

    ---------- timestamps
    cast(requested_at as timestamp) as requested_at,
    cast(erased_at as timestamp) as erased_at
from {{ for_readers('int_erasures') }}
