-- Customers of today beside those a fit has seen, for every feature it reads and for its
-- score.
with

serving as (

    select * from {{ ref('int_fits__serving') }}
    where champion <> 'none'

),

stability as (

    select * from {{ ref('int_fits__stability') }}

),

shifts as (

    select * from {{ ref('int_fits__shifts') }}

),

costs as (

    select * from {{ ref('int_fits__drift_costs') }}

),

scoring as (

    select anchor_date from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

)

select
    ---------- ids
    serving.fit_id || ':' || stability.feature as drift_id,
    serving.fit_id,

    ---------- strings
    serving.target as model_name,
    stability.feature,
    case
        when shifts.feature is null then 'cannot be told'
        when shifts.is_shifted then 'shifted'
        else 'as usual'
    end as verdict,

    ---------- numerics
    round(stability.raw_index, 6) as population_stability_index,
    round(stability.comparable_index, 6) as comparable_stability_index,
    round(shifts.share_difference, 6) as share_difference,
    round(shifts.rank_difference, 6) as rank_difference,
    round(shifts.p_value, 9) as p_value,
    round(shifts.adjusted_p_value, 9) as adjusted_p_value,
    shifts.count_compared as count_customers,
    coalesce(shifts.count_past, 0) as count_past_differences,
    {% for change in ['auc', 'log_loss', 'gap'] -%}
    case
        when stability.feature = '(score)'
            then round(costs.expected_{{ change }}_change, 6)
    end as expected_{{ change }}_change,
    {% endfor -%}
    {{ dbt.datediff('serving.fit_date', 'scoring.anchor_date', 'day') }} as fit_age_days, -- noqa: LT05

    ---------- booleans
    shifts.is_same_season,

    ---------- dates
    shifts.compared_with as compared_with_date,
    serving.fit_date,
    scoring.anchor_date as as_of_date
from stability
inner join serving
    on stability.fit_id = serving.fit_id
cross join scoring
left join shifts
    on
        stability.fit_id = shifts.fit_id
        and stability.feature = shifts.feature
left join costs
    on stability.fit_id = costs.fit_id
