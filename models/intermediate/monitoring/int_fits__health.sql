-- What to do about each model: keep, watch or refit, and why. The next build reads it,
-- where `refit_on` says so.
{%- set every = setting('refit_every_days') %}
with

serving as (

    select * from {{ ref('int_fits__serving') }}

),

drift as (

    select * from {{ ref('int_fits__drift') }}

),

realised as (

    select * from {{ ref('int_fits__realised') }}

),

scoring as (

    select anchor_date from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

),

most_shifted as (

    select
        fit_id,
        feature,
        case
            when coalesce(rank_difference, 0) + coalesce(-share_difference, 0) > 0
                then 'higher'
            else 'lower'
        end as direction
    from drift
    where verdict = 'shifted' and feature <> '(score)'
    qualify row_number() over (
        partition by fit_id order by adjusted_p_value asc, feature asc
    ) = 1

),

drifts as (

    select
        fit_id,
        count(*) - 1 as count_features,
        sum(case when verdict = 'shifted' and feature <> '(score)' then 1 else 0 end)
            as count_shifted,
        max(case when feature = '(score)' and verdict = 'shifted' then 1 else 0 end)
            as is_score_shifted,
        min(case when verdict = 'cannot be told' then 1 else 0 end) as is_unknown,
        max(expected_auc_change) as expected_auc_change,
        max(expected_log_loss_change) as expected_log_loss_change
    from drift
    group by fit_id

),

-- how far the level was off, in points of a probability or in logarithms of an amount
gaps as (

    select
        *,
        case kind
            when 'probability' then mean_predicted - observed_rate
            else ln(nullif(predicted_over_realised, 0))
        end as gap,
        case kind
            when 'probability' then (observed_rate_upper - observed_rate_lower) / 3.92
            else
                ln(
                    nullif(predicted_over_realised_upper, 0)
                    / nullif(predicted_over_realised_lower, 0)
                ) / 3.92
        end as standard_error
    from realised

),

-- what is usual is what it was in the backtest; a point, or a twentieth of an amount,
-- is never much
usual as (

    select
        model_name,
        greatest(
            avg(power(gap, 2) - power(standard_error, 2)) * (1 + 1e0 / count(*)),
            max(case kind when 'probability' then 0.0001 else 0.0025 end)
        ) as spread,
        min(coalesce(auc_lower, spearman_lower)) as least_rank
    from gaps
    where source = 'backtest'
    group by model_name

),

live as (

    select
        gaps.*,
        usual.least_rank,
        gaps.gap / nullif(sqrt(power(gaps.standard_error, 2) + usual.spread), 0)
            as gap_z
    from gaps
    inner join usual
        on gaps.model_name = usual.model_name
    where gaps.source = 'live'
    qualify row_number() over (
        partition by gaps.model_name order by gaps.anchor_date desc
    ) = 1

),

judged as (

    select
        serving.fit_id,
        serving.target,
        serving.kind,
        serving.champion,
        serving.horizon_days,
        serving.verdict as fit_verdict,
        serving.is_baseline,
        serving.fit_date,
        serving.trained_until,
        scoring.anchor_date as as_of_date,
        {{ dbt.datediff('serving.fit_date', 'scoring.anchor_date', 'day') }}
            as fit_age_days,
        serving.champion = 'none' as is_nothing_served,
        drifts.count_features,
        drifts.count_shifted,
        drifts.expected_auc_change,
        drifts.expected_log_loss_change,
        coalesce(drifts.is_score_shifted, 0) = 1 as is_score_shifted,
        coalesce(drifts.count_shifted, 0) > 0
        or coalesce(drifts.is_score_shifted, 0) = 1 as is_drift_found,
        coalesce(drifts.is_unknown, 1) = 1 as is_drift_unknown,
        most_shifted.feature as most_shifted_feature,
        most_shifted.direction,
        live.anchor_date as realised_anchor_date,
        coalesce(live.mean_predicted, live.predicted_total) as predicted,
        coalesce(live.observed_rate, live.actual_total) as realised,
        live.gap_z as realised_z,
        coalesce(live.fit_id = serving.fit_id, false) as is_own_outcome,
        coalesce(abs(live.gap_z) > 3, false) as is_level_off,
        coalesce(coalesce(live.auc_upper, live.spearman_upper) < live.least_rank, false)
            as is_rank_off
    from serving
    cross join scoring
    left join drifts
        on serving.fit_id = drifts.fit_id
    left join most_shifted
        on serving.fit_id = most_shifted.fit_id
    left join live
        on serving.target = live.model_name

),

decided as (

    select
        *,
        is_own_outcome and (is_level_off or is_rank_off) as is_realised_off,
        case
            when is_nothing_served then 'watch'
            when is_score_shifted or (is_own_outcome and (is_level_off or is_rank_off))
                then 'refit'
            {% if every -%}
            when fit_age_days >= {{ 2 * every }} then 'refit'
            {% endif -%}
            when is_drift_found or is_level_off or is_rank_off or is_baseline
                then 'watch'
            else 'keep'
        end as advice
    from judged

)

select
    ---------- ids
    fit_id,

    ---------- strings
    target as model_name,
    {{ target_in_words('target', 'horizon_days') }} as target,
    champion,
    advice,
    case advice when 'keep' then 'Keep: ' when 'watch' then 'Watch: ' else 'Refit: ' end
    || case
        when is_nothing_served then 'no model serves, ' || fit_verdict
        when advice = 'keep' and realised_anchor_date is null and is_drift_unknown
            then 'nothing speaks against it, but little is known of it yet'
        when advice = 'keep' and realised_anchor_date is null
            then 'customers are as usual; what came of its predictions is not known yet'
        when advice = 'keep' and is_drift_unknown
            then 'what came is what was predicted'
        when advice = 'keep'
            then 'customers are as usual, and what came is what was predicted'
        else
            substring(
                case
                    when is_level_off and kind = 'probability'
                        then
                            '; predicted were '
                            || cast(
                                cast(round(100 * predicted) as integer)
                                as {{ dbt.type_string() }}
                            ) || ' in 100, '
                            || cast(
                                cast(round(100 * realised) as integer)
                                as {{ dbt.type_string() }}
                            ) || ' came'
                            || case
                                when not is_own_outcome then ' (of an earlier fit)'
                                else ''
                            end
                    when is_level_off
                        then
                            '; of every 100 predicted in money, '
                            || cast(
                                cast(round(
                                    100 * realised / nullif(predicted, 0)
                                ) as integer)
                                as {{ dbt.type_string() }}
                            ) || ' came'
                            || case
                                when not is_own_outcome then ' (of an earlier fit)'
                                else ''
                            end
                    else ''
                end
                || case
                    when is_rank_off
                        then '; it tells customers apart less well than in the backtest'
                    else ''
                end
                || case
                    when is_score_shifted
                        then '; what it says of customers is not as usual'
                    else ''
                end
                || case
                    when count_shifted > 0
                        then
                            '; '
                            || cast(count_shifted as {{ dbt.type_string() }}) || ' of '
                            || cast(count_features as {{ dbt.type_string() }})
                            || ' features are not as usual, above all '
                            || most_shifted_feature || ' (' || direction || ')'
                    else ''
                end
                {%- if every %}
                || case
                    when fit_age_days >= {{ 2 * every }}
                        then
                            '; it is '
                            || cast(fit_age_days as {{ dbt.type_string() }})
                            || ' days old'
                    else ''
                end
                {%- endif %}
                || case
                    when is_baseline
                        then '; a naive rule serves, since no model was clearly better'
                    else ''
                end, 3
            )
    end || '.' as reason,
    most_shifted_feature,

    ---------- numerics
    fit_age_days,
    count_features,
    count_shifted,
    expected_auc_change,
    expected_log_loss_change,
    round(predicted, 6) as predicted,
    round(realised, 6) as realised,
    round(realised_z, 3) as realised_z,

    ---------- booleans
    is_drift_found,
    is_score_shifted,
    is_realised_off,
    is_baseline,

    ---------- dates
    fit_date,
    trained_until,
    realised_anchor_date,
    as_of_date
from decided
