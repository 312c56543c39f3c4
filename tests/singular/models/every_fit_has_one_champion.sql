-- In every fit ever made, the candidate that serves is the champion, at each origin. A
-- fit without a champion has no evidence, but it has a verdict.
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
        count(distinct case when is_serving then candidate end) as count_serving,
        max(case when is_serving then candidate end) as serving
    from scorecards
    group by fit_id, origin_date

),

evidence as (

    select distinct fit_id from scorecards

)

select
    fits.fit_id,
    fits.target,
    fits.champion,
    fits.verdict,
    origins.origin_date,
    origins.count_serving,
    origins.serving
from fits
left join evidence
    on fits.fit_id = evidence.fit_id
left join origins
    on fits.fit_id = origins.fit_id
where
    fits.verdict is null
    or (evidence.fit_id is null) <> (fits.champion = 'none')
    or origins.count_serving <> 1
    or origins.serving <> fits.champion
