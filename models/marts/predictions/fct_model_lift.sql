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
    cast(
        lift.target
        || ':' || cast(lift.origin_date as {{ dbt.type_string() }})
        || ':' || lift.candidate
        || ':' || cast(lift.decile as {{ dbt.type_string() }})
        as {{ dbt.type_string() }}
    ) as lift_id,
    cast(lift.fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(lift.target as {{ dbt.type_string() }}) as model_name,
    cast(lift.candidate as {{ dbt.type_string() }}) as candidate,

    ---------- numerics
    cast(lift.decile as bigint) as decile,
    cast(lift.count_customers as bigint) as count_customers,
    cast(round(lift.mean_predicted, 6) as double) as mean_predicted,
    cast(round(lift.actual_total, 6) as double) as actual_total,
    cast(round(lift.actual_mean, 6) as double) as actual_mean,
    cast(round(lift.lift, 6) as double) as lift,
    cast(round(lift.cumulative_capture, 6) as double) as cumulative_capture,

    ---------- booleans
    lift.candidate = serving.champion as is_serving,

    ---------- dates
    cast(lift.origin_date as date) as anchor_date
from lift
inner join serving
    on lift.fit_id = serving.fit_id
