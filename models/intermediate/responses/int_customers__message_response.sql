{{ config(materialized='view') }}

with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

serving as (

    select
        fit_id,
        target,
        champion
    from {{ ref('int_fits__serving_responses') }}
    where champion <> 'none'

),

scores as (

    select * from {{ ref('int_customers__response_probabilities') }}

)

select
    ---------- ids
    customers.customer_id,
    click_fits.fit_id as click_fit_id,
    order_fits.fit_id as order_fit_id,

    ---------- strings
    coalesce(click_fits.champion, 'none') as click_served_by,
    coalesce(order_fits.champion, 'none') as order_served_by,

    ---------- numerics
    round(clicks.probability, 6) as click_probability,
    round(orders.probability, 6) as order_probability,
    {{ setting('response_days') }} as response_days,

    ---------- dates
    customers.anchor_date as as_of_date
from customers
left join serving as click_fits
    on click_fits.target = 'message_click'
left join serving as order_fits
    on order_fits.target = 'message_order'
left join scores as clicks
    on
        customers.customer_id = clicks.customer_id
        and clicks.target = 'message_click'
left join scores as orders
    on
        customers.customer_id = orders.customer_id
        and orders.target = 'message_order'
