{{ config(materialized='view') }}

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
    fits.fit_id,

    ---------- strings
    fits.target as model_name,
    {{ target_in_words('fits.target', 'fits.horizon_days') }} as target,
    fits.champion,
    nullif(fits.champion_settings, '') as champion_settings,
    fits.verdict,
    fits.label,
    fits.features,
    nullif(fits.excluded_features, '') as excluded_features,
    fits.settings,
    fits.library_versions,
    fits.training_fingerprint,

    ---------- numerics
    fits.fit_number,
    fits.horizon_days,
    fits.seed,
    fits.count_training_rows,
    fits.count_training_customers,
    fits.count_training_anchors,
    fits.level_slope,
    fits.level_intercept,

    ---------- booleans
    fits.is_baseline,
    serving.fit_id is not null as is_serving_now,

    ---------- dates
    fits.fit_date,
    fits.data_from,
    fits.trained_from,
    fits.trained_until
from fits
left join serving
    on fits.fit_id = serving.fit_id
