with

churn as (

    select * from {{ ref('ml_customers__churn_scorecard') }}

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

churn_rows as (

    select
        'churn' as model_name,
        'no purchase within {{ var("horizon_days") }} days' as target,
        churn.candidate,
        churn.metric,
        churn.verdict,
        churn.metric_value,
        churn.baseline_value,
        churn.count_training_rows,
        churn.count_test_rows,
        churn.is_baseline,
        churn.is_higher_better,
        churn.beats_baseline,
        churn.is_serving,
        anchors.backtest_date as anchor_date
    from churn
    cross join anchors

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

    select * from churn_rows
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
