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
    from {{ ref('int_fits__serving') }}
    where target = 'churn' and champion <> 'none'

),

scores as (

    select * from {{ ref('int_customers__probabilities') }}
    where target = 'churn'

)

select
    ---------- ids
    customers.customer_id,
    cast(serving.fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(coalesce(serving.champion, 'none') as {{ dbt.type_string() }}) as served_by,
    cast({{ churn_risk_tier('scores.probability') }} as {{ dbt.type_string() }})
        as churn_risk_tier,

    ---------- numerics
    cast(round(scores.probability, 6) as double) as churn_probability,
    cast({{ setting('horizon_days') }} as bigint) as horizon_days,

    ---------- booleans
    coalesce(serving.is_baseline, false) as is_baseline,

    ---------- dates
    customers.anchor_date as as_of_date
from customers
left join serving
    on 1 = 1
left join scores
    on customers.customer_id = scores.customer_id
