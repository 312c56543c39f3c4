{{ config(materialized='view') }}

with

serving as (

    select
        fit_id,
        champion
    from {{ ref('int_fits__serving') }}

),

lift as (

    select * from {{ ref('int_fits__lift') }}

)

select
    ---------- ids
    lift.target
    || ':' || cast(lift.origin_date as {{ dbt.type_string() }})
    || ':' || lift.candidate
    || ':' || cast(lift.decile as {{ dbt.type_string() }}) as lift_id,
    lift.fit_id,

    ---------- strings
    lift.target as model_name,
    lift.candidate,

    ---------- numerics
    lift.decile,
    lift.count_customers,
    round(lift.mean_predicted, 6) as mean_predicted,
    round(lift.actual_total, 6) as actual_total,
    round(lift.actual_mean, 6) as actual_mean,
    round(lift.lift, 6) as lift,
    round(lift.cumulative_capture, 6) as cumulative_capture,

    ---------- booleans
    lift.candidate = serving.champion as is_serving,

    ---------- dates
    lift.origin_date as anchor_date
from lift
inner join serving
    on lift.fit_id = serving.fit_id
