with

churn as (

    select * from {{ ref('ml_customers__churn_scorecard') }}

),

value as (

    select * from {{ ref('ml_customers__value_scorecard') }}

),

cluster_evidence as (

    select * from {{ ref('ml_customers__cluster_evidence') }}

),

anchors as (

    select
        max(case when anchor_role = 'backtest' then anchor_date end) as backtest_date,
        max(case when anchor_role = 'scoring' then anchor_date end) as scoring_date
    from {{ ref('int_anchors') }}

),

backtest_rows as (

    {% for model, target in {
        'churn': 'no purchase within ' ~ var('horizon_days') ~ ' days',
        'value': 'net amount within ' ~ var('horizon_days') ~ ' days',
    }.items() -%}
    select
        '{{ model }}' as model_name,
        '{{ target }}' as target,
        {{ model }}.candidate,
        {{ model }}.metric,
        {{ model }}.verdict,
        {{ model }}.metric_value,
        {{ model }}.baseline_value,
        {{ model }}.count_training_rows,
        {{ model }}.count_test_rows,
        {{ model }}.is_baseline,
        {{ model }}.is_higher_better,
        {{ model }}.beats_baseline,
        {{ model }}.is_serving,
        anchors.backtest_date as anchor_date
    from {{ model }}
    cross join anchors
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

cluster_rows as (

    {% for metric in ['silhouette', 'stability_ari', 'smallest_share'] -%}
    select
        'clusters' as model_name,
        'segments of like behaviour' as target,
        'k = ' || cast(cluster_evidence.n_clusters as {{ dbt.type_string() }})
            as candidate,
        '{{ metric }}' as metric,
        cluster_evidence.verdict,
        cluster_evidence.{{ metric }} as metric_value,
        cast(null as double) as baseline_value,
        cluster_evidence.count_customers as count_training_rows,
        cast(null as bigint) as count_test_rows,
        false as is_baseline,
        true as is_higher_better,
        cast(null as boolean) as beats_baseline,
        cluster_evidence.is_chosen as is_serving,
        anchors.scoring_date as anchor_date
    from cluster_evidence
    cross join anchors
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

unioned as (

    select * from backtest_rows
    union all
    select * from cluster_rows

)

select
    ---------- ids
    cast(
        model_name || ':' || candidate || ':' || metric as {{ dbt.type_string() }}
    ) as scorecard_id,

    ---------- strings
    cast(model_name as {{ dbt.type_string() }}) as model_name,
    cast(target as {{ dbt.type_string() }}) as target,
    cast(candidate as {{ dbt.type_string() }}) as candidate,
    cast(metric as {{ dbt.type_string() }}) as metric,
    cast(verdict as {{ dbt.type_string() }}) as verdict,

    ---------- numerics
    cast(round(metric_value, 6) as double) as metric_value,
    cast(round(baseline_value, 6) as double) as baseline_value,
    cast(count_training_rows as bigint) as count_training_rows,
    cast(count_test_rows as bigint) as count_test_rows,

    ---------- booleans
    is_baseline,
    is_higher_better,
    beats_baseline,
    is_serving,

    ---------- dates
    anchor_date
from unioned
