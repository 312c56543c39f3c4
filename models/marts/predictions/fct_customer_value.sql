with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

serving as (

    select distinct
        candidate,
        is_baseline
    from {{ ref('ml_customers__value_scorecard') }}
    where is_serving

),

scores as (

    select * from {{ ref('ml_customers__value_scores') }}

),

valued as (

    select
        customers.*,
        scores.purchase_model,
        scores.spend_model,
        scores.expected_orders,
        scores.expected_order_amount,
        scores.alive_probability,
        serving.candidate,
        serving.is_baseline,
        case
            when serving.is_baseline
                then {{ run_rate('customers.net_amount_365d') }}
            when serving.candidate is not null then scores.expected_value_amount
        end as expected_value_amount
    from customers
    left join scores
        on customers.customer_id = scores.customer_id
    left join serving
        on 1 = 1

)

select
    ---------- ids
    customer_id,

    ---------- strings
    cast(coalesce(candidate, 'none') as {{ dbt.type_string() }}) as served_by,
    cast(purchase_model as {{ dbt.type_string() }}) as purchase_model,
    cast(spend_model as {{ dbt.type_string() }}) as spend_model,

    ---------- numerics
    cast(lifetime_net_amount as decimal(18, 2)) as lifetime_net_amount,
    cast(expected_value_amount as decimal(18, 2)) as expected_value_amount,
    cast(round(expected_orders, 4) as double) as expected_orders,
    cast(expected_order_amount as decimal(18, 2)) as expected_order_amount,
    cast(round(alive_probability, 6) as double) as alive_probability,
    cast(avg_days_between_orders as double) as avg_days_between_orders,
    cast({{ var('value_horizon_days') }} as bigint) as horizon_days,

    ---------- booleans
    coalesce(is_baseline, false) as is_baseline,

    ---------- dates
    anchor_date as as_of_date
from valued
