select
    ---------- ids
    cast(
        target
        || ':' || candidate
        || ':' || settings
        || ':' || cast(rung as {{ dbt.type_string() }})
        as {{ dbt.type_string() }}
    ) as tuning_id,
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(target as {{ dbt.type_string() }}) as model_name,
    cast(candidate as {{ dbt.type_string() }}) as candidate,
    cast(settings as {{ dbt.type_string() }}) as settings,

    ---------- numerics
    cast(rung as bigint) as rung,
    cast(count_rows as bigint) as count_rows,
    cast(round(auc, 6) as double) as auc,

    ---------- booleans
    is_chosen
from {{ for_readers('int_fits__tuning') }}
