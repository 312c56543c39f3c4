{{ config(materialized='view') }}

with

serving as (

    select * from {{ ref('int_fits__serving') }}

),

scorecards as (

    select * from {{ ref('int_fits__scorecards') }}

),

-- the cluster fit that serves, or the one that found no clusters
cluster_fit as (

    select * from {{ ref('int_cluster_fits') }}
    where is_valid
    qualify
        row_number() over (
            order by is_able desc, serves_from desc, fit_number desc
        ) = 1

),

cluster_evidence as (

    select
        evidence.*,
        evidence.method || coalesce(
            ', k = ' || cast(evidence.n_clusters as {{ dbt.type_string() }}), ''
        ) as candidate
    from {{ ref('int_cluster_fits__evidence') }} as evidence
    inner join cluster_fit
        on evidence.fit_id = cluster_fit.fit_id

),

cluster_customers as (

    select count(*) as count_customers
    from {{ ref('int_customers__history_features') }} as features
    inner join {{ ref('int_history_anchors') }} as anchors
        on features.anchor_date = anchors.anchor_date
    where
        anchors.is_scoring
        and features.is_sampled
        and features.count_orders > 0

),

fit_rows as (

    select
        serving.fit_id,
        serving.target as model_name,
        {{ target_in_words('serving.target', 'serving.horizon_days') }} as target,
        scorecards.candidate,
        scorecards.metric,
        scorecards.verdict,
        scorecards.best_baseline as baseline,
        scorecards.metric_value,
        scorecards.lower_bound,
        scorecards.upper_bound,
        scorecards.baseline_value,
        scorecards.difference,
        scorecards.difference_lower,
        scorecards.difference_upper,
        serving.count_training_rows,
        scorecards.count_test_rows,
        scorecards.is_baseline,
        scorecards.is_higher_better,
        scorecards.beats_baseline,
        scorecards.is_serving,
        scorecards.origin_date as anchor_date,
        serving.fit_date
    from serving
    inner join scorecards
        on serving.fit_id = scorecards.fit_id

),

verdict_rows as (

    select
        fit_id,
        target as model_name,
        {{ target_in_words('target', 'horizon_days') }} as target,
        'none' as candidate,
        'none' as metric,
        verdict,
        cast(null as {{ dbt.type_string() }}) as baseline,
        cast(null as double) as metric_value,
        cast(null as double) as lower_bound,
        cast(null as double) as upper_bound,
        cast(null as double) as baseline_value,
        cast(null as double) as difference,
        cast(null as double) as difference_lower,
        cast(null as double) as difference_upper,
        count_training_rows,
        cast(null as bigint) as count_test_rows,
        false as is_baseline,
        cast(null as boolean) as is_higher_better,
        cast(null as boolean) as beats_baseline,
        false as is_serving,
        cast(null as date) as anchor_date,
        fit_date
    from serving
    where champion = 'none'

),

cluster_rows as (

    {% for metric, direction in {
        'silhouette': 'true',
        'davies_bouldin': 'false',
        'stability_ari': 'true',
        'prediction_strength': 'true',
        'holdout_ari': 'true',
        'smallest_share': 'cast(null as boolean)',
        'noise_share': 'cast(null as boolean)',
        'spend_explained': 'true',
        'churn_explained': 'true',
    }.items() -%}
    select
        cluster_evidence.fit_id,
        'clusters' as model_name,
        'segments of like behaviour' as target,
        cluster_evidence.candidate,
        '{{ metric }}' as metric,
        cluster_evidence.verdict,
        cast(null as {{ dbt.type_string() }}) as baseline,
        cluster_evidence.{{ metric }} as metric_value,
        cast(null as double) as lower_bound,
        cast(null as double) as upper_bound,
        cast(null as double) as baseline_value,
        cast(null as double) as difference,
        cast(null as double) as difference_lower,
        cast(null as double) as difference_upper,
        cluster_evidence.count_customers as count_training_rows,
        cast(null as bigint) as count_test_rows,
        false as is_baseline,
        {{ direction }} as is_higher_better,
        cast(null as boolean) as beats_baseline,
        cluster_evidence.is_chosen as is_serving,
        cluster_evidence.fit_date as anchor_date,
        cluster_evidence.fit_date
    from cluster_evidence
    union all
    {% endfor -%}
    select
        cast(null as {{ dbt.type_string() }}) as fit_id,
        'clusters' as model_name,
        'segments of like behaviour' as target,
        'none' as candidate,
        'none' as metric,
        'too few customers: '
        || cast(cluster_customers.count_customers as {{ dbt.type_string() }})
        || ', and {{ setting("min_training_customers") }} are needed' as verdict,
        cast(null as {{ dbt.type_string() }}) as baseline,
        cast(null as double) as metric_value,
        cast(null as double) as lower_bound,
        cast(null as double) as upper_bound,
        cast(null as double) as baseline_value,
        cast(null as double) as difference,
        cast(null as double) as difference_lower,
        cast(null as double) as difference_upper,
        cluster_customers.count_customers as count_training_rows,
        cast(null as bigint) as count_test_rows,
        false as is_baseline,
        cast(null as boolean) as is_higher_better,
        cast(null as boolean) as beats_baseline,
        false as is_serving,
        cast(null as date) as anchor_date,
        cast(null as date) as fit_date
    from cluster_customers
    where not exists (select 1 from cluster_fit)

),

unioned as (

    select * from fit_rows
    union all
    select * from verdict_rows
    union all
    select * from cluster_rows

)

select
    ---------- ids
    model_name
    || ':' || coalesce(cast(anchor_date as {{ dbt.type_string() }}), 'none')
    || ':' || candidate
    || ':' || metric as scorecard_id,
    fit_id,

    ---------- strings
    model_name,
    target,
    candidate,
    metric,
    verdict,
    baseline,

    ---------- numerics
    round(metric_value, 6) as metric_value,
    round(lower_bound, 6) as lower_bound,
    round(upper_bound, 6) as upper_bound,
    round(baseline_value, 6) as baseline_value,
    round(difference, 6) as difference,
    round(difference_lower, 6) as difference_lower,
    round(difference_upper, 6) as difference_upper,
    count_training_rows,
    count_test_rows,

    ---------- booleans
    is_baseline,
    is_higher_better,
    beats_baseline,
    is_serving,

    ---------- dates
    anchor_date,
    fit_date
from unioned
