with

fits as (

    select * from {{ ref('int_fits') }}

),

serving as (

    select fit_id from {{ ref('int_fits__serving') }}
    where champion <> 'none'

)

select
    ---------- ids
    cast(fits.fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(fits.target as {{ dbt.type_string() }}) as model_name,
    cast(
        {{ target_in_words('fits.target', 'fits.horizon_days') }}
        as {{ dbt.type_string() }}
    ) as target,
    cast(fits.champion as {{ dbt.type_string() }}) as champion,
    cast(nullif(fits.champion_settings, '') as {{ dbt.type_string() }})
        as champion_settings,
    cast(fits.verdict as {{ dbt.type_string() }}) as verdict,
    cast(fits.label as {{ dbt.type_string() }}) as label,
    cast(fits.features as {{ dbt.type_string() }}) as features,
    cast(nullif(fits.excluded_features, '') as {{ dbt.type_string() }})
        as excluded_features,
    cast(fits.settings as {{ dbt.type_string() }}) as settings,
    cast(fits.library_versions as {{ dbt.type_string() }}) as library_versions,
    cast(fits.training_fingerprint as {{ dbt.type_string() }})
        as training_fingerprint,

    ---------- numerics
    cast(fits.fit_number as bigint) as fit_number,
    cast(fits.horizon_days as bigint) as horizon_days,
    cast(fits.seed as bigint) as seed,
    cast(fits.count_training_rows as bigint) as count_training_rows,
    cast(fits.count_training_customers as bigint) as count_training_customers,
    cast(fits.count_training_anchors as bigint) as count_training_anchors,
    cast(fits.level_slope as double) as level_slope,
    cast(fits.level_intercept as double) as level_intercept,

    ---------- booleans
    fits.is_baseline,
    serving.fit_id is not null as is_serving_now,

    ---------- dates
    cast(fits.fit_date as date) as fit_date,
    cast(fits.data_from as date) as data_from,
    cast(fits.trained_from as date) as trained_from,
    cast(fits.trained_until as date) as trained_until
from fits
left join serving
    on fits.fit_id = serving.fit_id
