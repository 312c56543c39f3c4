select
    ---------- ids
    cast(list_id as {{ dbt.type_string() }}) as list_id,
    cast(customer_id as {{ dbt.type_string() }}) as customer_id,
    cast(nearest_seed_customer_id as {{ dbt.type_string() }}) as nearest_seed_customer_id,

    ---------- numerics
    cast(lookalike_rank as bigint) as lookalike_rank,
    cast(similarity as double) as similarity,
    cast(distance_to_nearest_seed as double) as distance_to_nearest_seed,

    ---------- dates
    as_of_date
from {{ for_readers('int_lookalikes', to_address=true) }}
