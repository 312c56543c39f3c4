with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

serving as (

    select
        fit_id,
        champion,
        is_baseline
    from {{ ref('int_fits__serving_purchases') }}
    where target = 'churn' and champion <> 'none'

),

scores as (

    select * from {{ ref('int_customers__learned_purchase_probabilities') }}
    where target = 'churn'

)

select
    ---------- ids
    customers.customer_id,
    serving.fit_id,

    ---------- strings
    coalesce(serving.champion, 'none') as served_by,
    {{ churn_risk_tier('scores.probability') }} as churn_risk_tier,

    ---------- numerics
    round(scores.probability, 6) as churn_probability,
    {{ setting('horizon_days') }} as horizon_days,

    ---------- booleans
    coalesce(serving.is_baseline, false) as is_baseline,

    ---------- dates
    customers.anchor_date as as_of_date
from customers
left join serving
    on 1 = 1
left join scores
    on customers.customer_id = scores.customer_id
