{{ config(materialized='view') }}

-- noqa: disable=LT02
-- What it costs that scores have moved: the backtest with the scores of today. Its rates
-- by score are kept, its customers weighted by how many have such a score now (Shimodaira
-- 2000). Null where nobody is scored now.
with

serving as (

    select * from {{ ref('int_fits__serving') }}
    where champion <> 'none'

),

scores as (

    {{ scores_of_today() }}

),

calibration as (

    select
        fit_id,
        target,
        champion,
        {{ rows_of('calibration') }}
    from serving

),

backtest as (

    select * from calibration
    where candidate = champion and is_calibrated
    qualify dense_rank() over (partition by fit_id order by origin_date desc) = 1

),

backtest_bins as (

    select
        fit_id,
        target,
        bin,
        count_customers,
        observed_rate,
        least(greatest(mean_predicted, 0.000001), 0.999999) as mean_predicted,
        lowest_predicted,
        row_number() over (partition by fit_id order by bin) as place,
        lead(lowest_predicted) over (partition by fit_id order by bin)
            as next_lowest
    from backtest

),

bins_now as (

    select
        backtest_bins.fit_id,
        backtest_bins.bin,
        count(*) as count_now
    from scores
    inner join backtest_bins
        on
            scores.target = backtest_bins.target
            and (
                scores.score >= backtest_bins.lowest_predicted or backtest_bins.place = 1
            )
            and scores.score < coalesce(backtest_bins.next_lowest, 2)
    group by backtest_bins.fit_id, backtest_bins.bin

),

weighted as (

    select
        backtest_bins.*,
        1e0 * backtest_bins.count_customers
        / sum(backtest_bins.count_customers) over (partition by backtest_bins.fit_id)
            as share_then,
        1e0 * coalesce(bins_now.count_now, 0)
        / nullif(sum(bins_now.count_now) over (partition by backtest_bins.fit_id), 0)
            as share_now,
        -backtest_bins.observed_rate * ln(backtest_bins.mean_predicted)
        - (1 - backtest_bins.observed_rate) * ln(1 - backtest_bins.mean_predicted)
            as log_loss
    from backtest_bins
    left join bins_now
        on
            backtest_bins.fit_id = bins_now.fit_id
            and backtest_bins.bin = bins_now.bin

),

below as (

    select
        *,
        {% for time in ['then', 'now'] -%}
        sum(share_{{ time }} * (1 - observed_rate)) over (
            partition by fit_id order by bin
            rows between unbounded preceding and current row
        ) - share_{{ time }} * (1 - observed_rate) / 2 as negatives_{{ time }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from weighted

)

-- rounded, since sums of floating-point numbers hang on the order of rows
select
    fit_id,
    round(sum((share_now - share_then) * log_loss), 9) as expected_log_loss_change,
    round(
        {% for time in ['now', 'then'] -%}
        sum(share_{{ time }} * observed_rate * negatives_{{ time }})
        / nullif(
            sum(share_{{ time }} * observed_rate)
            * sum(share_{{ time }} * (1 - observed_rate)), 0
        ){{ ' -' if not loop.last }}
        {% endfor -%}
        , 9
    ) as expected_auc_change,
    round(
        sum((share_now - share_then) * (mean_predicted - observed_rate)), 9
    ) as expected_gap_change
from below
group by fit_id
