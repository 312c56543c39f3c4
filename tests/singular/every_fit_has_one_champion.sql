-- In every fit ever made, the candidate that serves is the champion, at each origin and
-- on each metric; and who has no champion has no evidence either, but a verdict.
with

fits as (

    select * from {{ ref('int_fits') }}

),

scorecards as (

    select
        fit_id,
        {{ rows_of('scorecard') }}
    from fits

),

origins as (

    select
        fit_id,
        origin_date,
        metric,
        count(*) filter (where is_serving) as count_serving,
        max(case when is_serving then candidate end) as serving
    from scorecards
    group by fit_id, origin_date, metric

),

evidence as (

    select distinct fit_id from scorecards

)

select
    fits.fit_id,
    fits.target,
    fits.champion,
    origins.origin_date,
    origins.metric,
    origins.count_serving,
    origins.serving
from fits
inner join origins
    on fits.fit_id = origins.fit_id
where
    origins.count_serving <> 1
    or origins.serving <> fits.champion

union all

select
    fits.fit_id,
    fits.target,
    fits.champion,
    cast(null as date) as origin_date,
    fits.verdict as metric,
    0 as count_serving,
    cast(null as {{ dbt.type_string() }}) as serving
from fits
left join evidence
    on fits.fit_id = evidence.fit_id
where
    fits.verdict is null
    or (evidence.fit_id is null) <> (fits.champion = 'none')
