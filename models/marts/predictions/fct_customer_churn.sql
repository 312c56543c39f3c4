with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

serving as (

    select distinct
        candidate,
        is_baseline
    from {{ ref('ml_customers__churn_scorecard') }}
    where is_serving

),

scores as (

    select * from {{ ref('int_customers__churn_scores') }}

)

select
    ---------- ids
    customers.customer_id,

    ---------- strings
    cast(coalesce(serving.candidate, 'none') as {{ dbt.type_string() }}) as served_by,
    cast({{ churn_risk_tier('scores.churn_probability') }} as {{ dbt.type_string() }})
        as churn_risk_tier,

    ---------- numerics
    cast(round(scores.churn_probability, 6) as double) as churn_probability,
    cast({{ var('horizon_days') }} as bigint) as horizon_days,

    ---------- booleans
    coalesce(serving.is_baseline, false) as is_baseline,

    ---------- dates
    customers.anchor_date as as_of_date
from customers
left join serving
    on 1 = 1
left join scores
    on
        customers.customer_id = scores.customer_id
        and serving.candidate = scores.candidate
