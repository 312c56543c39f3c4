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
    cast(
        calibration.target
        || ':' || cast(calibration.origin_date as {{ dbt.type_string() }})
        || ':' || calibration.candidate
        || case when calibration.is_calibrated then ':calibrated:' else ':raw:' end
        || cast(calibration.bin as {{ dbt.type_string() }})
        as {{ dbt.type_string() }}
    ) as calibration_id,
    cast(calibration.fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(calibration.target as {{ dbt.type_string() }}) as model_name,
    cast(calibration.candidate as {{ dbt.type_string() }}) as candidate,

    ---------- numerics
    cast(calibration.bin as bigint) as bin,
    cast(calibration.count_customers as bigint) as count_customers,
    cast(round(calibration.lowest_predicted, 6) as double) as lowest_predicted,
    cast(round(calibration.highest_predicted, 6) as double) as highest_predicted,
    cast(round(calibration.mean_predicted, 6) as double) as mean_predicted,
    cast(round(calibration.observed_rate, 6) as double) as observed_rate,
    cast(round(calibration.observed_lower, 6) as double) as observed_lower,
    cast(round(calibration.observed_upper, 6) as double) as observed_upper,

    ---------- booleans
    calibration.is_calibrated,
    calibration.candidate = serving.champion as is_serving,

    ---------- dates
    cast(calibration.origin_date as date) as anchor_date
from calibration
inner join serving
    on calibration.fit_id = serving.fit_id
