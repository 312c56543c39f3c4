{{ config(materialized='view') }}

with

serving as (

    select
        fit_id,
        champion
    from {{ ref('int_fits__serving') }}

),

calibration as (

    select * from {{ ref('int_fits__calibration') }}

)

select
    ---------- ids
    calibration.target
    || ':' || cast(calibration.origin_date as {{ dbt.type_string() }})
    || ':' || calibration.candidate
    || case when calibration.is_calibrated then ':calibrated:' else ':raw:' end
    || cast(calibration.bin as {{ dbt.type_string() }}) as calibration_id,
    calibration.fit_id,

    ---------- strings
    calibration.target as model_name,
    calibration.candidate,

    ---------- numerics
    calibration.bin,
    calibration.count_customers,
    round(calibration.lowest_predicted, 6) as lowest_predicted,
    round(calibration.highest_predicted, 6) as highest_predicted,
    round(calibration.mean_predicted, 6) as mean_predicted,
    round(calibration.observed_rate, 6) as observed_rate,
    round(calibration.observed_lower, 6) as observed_lower,
    round(calibration.observed_upper, 6) as observed_upper,

    ---------- booleans
    calibration.is_calibrated,
    calibration.candidate = serving.champion as is_serving,

    ---------- dates
    calibration.origin_date as anchor_date
from calibration
inner join serving
    on calibration.fit_id = serving.fit_id
