select
    ---------- ids
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(model_name as {{ dbt.type_string() }}) as model_name,
    cast(card as {{ dbt.type_string() }}) as card,

    ---------- numerics
    cast(fit_number as bigint) as fit_number,

    ---------- booleans
    is_serving_now,

    ---------- dates
    cast(fit_date as date) as fit_date
from {{ for_readers('int_fits__cards') }}
