{%- set horizon_days = setting('value_horizon_days') %}
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
    from {{ ref('int_fits__serving_values') }}
    where target = '{{ spend_targets()[horizon_days] }}' and champion <> 'none'

),

spend as (

    select * from {{ ref('int_customers__spend') }}
    where horizon_days = {{ horizon_days }}

),

churn as (

    select * from {{ ref('int_customers__learned_purchase_probabilities') }}
    where target = 'churn'

),

next_orders as (

    select * from {{ ref('int_customers__next_order') }}

),

-- over buyers with a known margin; exact sums, so that it does not depend on row order
shop as (

    select
        cast(
            sum(cast(margin_rate * lifetime_net_amount as decimal(28, 6))) as double
        )
        / nullif(
            cast(sum(cast(lifetime_net_amount as decimal(28, 6))) as double), 0
        ) as margin_rate
    from customers
    where margin_rate is not null

),

valued as (

    select
        customers.customer_id,
        serving.fit_id,
        serving.champion,
        spend.purchase_model,
        spend.spend_model,
        spend.value_band,
        customers.lifetime_net_amount,
        spend.expected_net_amount,
        spend.net_amount_p10,
        spend.net_amount_p90,
        spend.no_purchase_probability,
        spend.net_amount_p10_if_buying,
        spend.net_amount_p90_if_buying,
        spend.discounted_net_amount,
        spend.expected_order_days,
        spend.order_days_p10,
        spend.order_days_p90,
        spend.expected_order_amount,
        spend.alive_probability,
        customers.avg_days_between_orders,
        churn.probability as churn_probability,
        next_orders.days_to_next_order,
        {{ shrunk_margin_rate(
            'customers.margin_rate', 'customers.count_orders', 'shop.margin_rate'
        ) }} as margin_rate,
        serving.is_baseline,
        next_orders.next_order_date,
        customers.anchor_date
    from customers
    cross join shop
    left join serving
        on 1 = 1
    left join spend
        on customers.customer_id = spend.customer_id
    left join churn
        on customers.customer_id = churn.customer_id
    left join next_orders
        on customers.customer_id = next_orders.customer_id

)

select
    ---------- ids
    customer_id,
    fit_id,

    ---------- strings
    coalesce(champion, 'none') as served_by,
    purchase_model,
    spend_model,
    value_band,
    case when margin_rate is null then 'net amount' else 'margin' end as value_basis,

    ---------- numerics
    cast(lifetime_net_amount as decimal(18, 2)) as lifetime_net_amount,
    cast(expected_net_amount as decimal(18, 2)) as expected_net_amount,
    cast(net_amount_p10 as decimal(18, 2)) as net_amount_p10,
    cast(net_amount_p90 as decimal(18, 2)) as net_amount_p90,
    round(no_purchase_probability, 6) as no_purchase_probability,
    cast(net_amount_p10_if_buying as decimal(18, 2)) as net_amount_p10_if_buying,
    cast(net_amount_p90_if_buying as decimal(18, 2)) as net_amount_p90_if_buying,
    cast(discounted_net_amount * coalesce(margin_rate, 1) as decimal(18, 2))
        as expected_value_amount,
    round(margin_rate, 6) as margin_rate,
    round(expected_order_days, 4) as expected_order_days,
    round(order_days_p10, 4) as order_days_p10,
    round(order_days_p90, 4) as order_days_p90,
    cast(expected_order_amount as decimal(18, 2)) as expected_order_amount,
    round(alive_probability, 6) as alive_probability,
    round(churn_probability, 6) as churn_probability,
    avg_days_between_orders,
    round(days_to_next_order, 1) as days_to_next_order,
    {{ horizon_days }} as horizon_days,

    ---------- booleans
    coalesce(is_baseline, false) as is_baseline,

    ---------- dates
    next_order_date,
    anchor_date as as_of_date
from valued
