select
    ---------- strings
    cast(source_name as {{ dbt.type_string() }}) as source_name,
    cast(table_name as {{ dbt.type_string() }}) as table_name,
    cast(most_frequent_rejection_reasons as {{ dbt.type_string() }})
        as most_frequent_rejection_reasons,
    cast(pilot as {{ dbt.type_string() }}) as pilot,

    ---------- numerics
    cast(count_rows as bigint) as count_rows,
    cast(count_accepted_rows as bigint) as count_accepted_rows,
    cast(count_rejected_rows as bigint) as count_rejected_rows,
    cast(rejected_share as double) as rejected_share,

    ---------- dates
    first_date,
    last_date
from {{ for_readers('int_raw_tables__quality') }}
