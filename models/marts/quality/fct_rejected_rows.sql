select
    ---------- ids
    cast(rejected_row_id as {{ dbt.type_string() }}) as rejected_row_id,

    ---------- strings
    cast(source_name as {{ dbt.type_string() }}) as source_name,
    cast(table_name as {{ dbt.type_string() }}) as table_name,
    cast(row_key as {{ dbt.type_string() }}) as row_key,
    cast(rejection_reasons as {{ dbt.type_string() }}) as rejection_reasons,
    cast(raw_row as {{ dbt.type_string() }}) as raw_row
from {{ for_readers('int_rejected_rows') }}
