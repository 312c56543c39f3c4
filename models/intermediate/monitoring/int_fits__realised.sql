{{ config(materialized='view') }}

-- What fits predicted beside what came: live, at the anchors they served, and before that
-- in the backtest, at the past anchors their champion was judged at.
{%- set metrics = {
    'mean_predicted': 'mean_predicted', 'observed_rate': 'observed_rate',
    'predicted_total': 'predicted_total', 'actual_total': 'actual_total',
    'predicted_over_actual': 'predicted_over_realised', 'log_loss': 'log_loss',
    'brier_score': 'brier_score', 'auc': 'auc', 'spearman': 'spearman',
    'interval_coverage': 'interval_coverage',
} %}
with

fits as (

    select
        fit_id,
        target,
        kind,
        champion,
        horizon_days,
        is_baseline,
        fit_date
    from {{ ref('int_fits') }}

),

serving as (

    select fit_id from {{ ref('int_fits__serving') }}
    where champion <> 'none' and kind in ('probability', 'amount')

),

-- totals of the backtest are those of its deciles
totals as (

    select
        lift.fit_id,
        lift.origin_date,
        lift.candidate,
        sum(lift.mean_predicted * lift.count_customers) as predicted_total,
        sum(lift.actual_total) as actual_total,
        sum(lift.count_customers) as count_test_rows
    from {{ ref('int_fits__lift') }} as lift
    inner join fits
        on lift.fit_id = fits.fit_id
    where fits.kind = 'amount'
    group by lift.fit_id, lift.origin_date, lift.candidate

),

measured as (

    select
        fit_id,
        origin_date,
        cast(null as {{ dbt.type_string() }}) as candidate,
        metric,
        metric_value,
        lower_bound,
        upper_bound,
        count_test_rows,
        true as is_live
    from {{ ref('ml_fits__realised') }}
    union all
    select
        fit_id,
        origin_date,
        candidate,
        metric,
        metric_value,
        lower_bound,
        upper_bound,
        count_test_rows,
        false as is_live
    from {{ ref('int_fits__scorecards') }}
    {% for total in ['predicted_total', 'actual_total'] -%}
    union all
    select
        fit_id,
        origin_date,
        candidate,
        '{{ total }}' as metric,
        {{ total }} as metric_value,
        cast(null as double) as lower_bound,
        cast(null as double) as upper_bound,
        count_test_rows,
        false as is_live
    from totals
    {% endfor %}

),

wide as (

    select
        measured.fit_id,
        measured.origin_date,
        measured.is_live,
        max(measured.count_test_rows) as count_customers,
        {% for metric, name in metrics.items() -%}
        max(
            case when measured.metric = '{{ metric }}' then measured.metric_value end
        ) as {{ name }},
        {% for end in ['lower', 'upper'] if metric not in [
            'mean_predicted', 'predicted_total', 'actual_total', 'brier_score'
        ] -%}
        max(
            case when measured.metric = '{{ metric }}' then measured.{{ end }}_bound end
        ) as {{ name }}_{{ end }},
        {% endfor -%}
        {% endfor -%}
        count(*) as count_metrics
    from measured
    inner join fits
        on measured.fit_id = fits.fit_id
    left join serving
        on measured.fit_id = serving.fit_id
    where
        measured.is_live
        or (measured.candidate = fits.champion and serving.fit_id is not null)
    group by measured.fit_id, measured.origin_date, measured.is_live

)

select
    ---------- ids
    wide.fit_id
    || ':' || cast(wide.origin_date as {{ dbt.type_string() }})
    || case when wide.is_live then ':live' else ':backtest' end as realised_id,
    wide.fit_id,

    ---------- strings
    fits.target as model_name,
    fits.kind,
    fits.champion,
    case when wide.is_live then 'live' else 'backtest' end as source,

    ---------- numerics
    fits.horizon_days,
    wide.count_customers,
    {% for metric, name in metrics.items() -%}
    round(wide.{{ name }}, 6) as {{ name }},
    {% for end in ['lower', 'upper'] if metric not in [
        'mean_predicted', 'predicted_total', 'actual_total', 'brier_score'
    ] -%}
    round(wide.{{ name }}_{{ end }}, 6) as {{ name }}_{{ end }},
    {% endfor -%}
    {% endfor %}

    ---------- booleans
    fits.is_baseline,
    serving.fit_id is not null as is_serving_now,

    ---------- dates
    wide.origin_date as anchor_date,
    fits.fit_date
from wide
inner join fits
    on wide.fit_id = fits.fit_id
left join serving
    on wide.fit_id = serving.fit_id
