select
    ---------- ids
    customer_id,
    fit_id,

    ---------- strings
    cast(category as {{ dbt.type_string() }}) as category,
    cast(served_by as {{ dbt.type_string() }}) as served_by,

    ---------- numerics
    cast(category_rank as bigint) as category_rank,
    cast(probability as double) as probability,

    ---------- dates
    as_of_date
from {{ for_readers('int_customers__next_categories') }}
