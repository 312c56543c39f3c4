-- The category with the highest spend on the first day with a purchase from a past
-- anchor on; null without such a day, or without a category.
with

customers as (

    select * from {{ ref('int_customers__past_anchors') }}

),

purchases as (

    select * from {{ ref('int_orders__purchases') }}

),

lines as (

    select * from {{ ref('int_sale_lines__uncancelled') }}
    where net_amount > 0

),

next_orders as (

    select
        customer_id,
        anchor_date,
        min(order_date) as next_order_date,
        min(days_after_anchor) as days_to_next_order
    from {{ ref('int_customers__later_order_days') }}
    group by customer_id, anchor_date

),

next_lines as (

    select
        next_orders.customer_id,
        next_orders.anchor_date,
        lines.category,
        lines.net_amount
    from next_orders
    inner join purchases
        on
            next_orders.customer_id = purchases.customer_id
            and next_orders.next_order_date = purchases.order_date
    inner join lines
        on purchases.order_id = lines.order_id

),

next_categories as {{ favourite_of(
    'next_lines', 'category', weight='net_amount', plural='categories'
) }}

select
    ---------- ids
    customers.customer_id,
    customers.anchor_date,
    customers.anchor_number,

    ---------- strings
    next_categories.favourite_category as next_category,

    ---------- numerics
    next_orders.days_to_next_order
from customers
left join next_orders
    on
        customers.customer_id = next_orders.customer_id
        and customers.anchor_date = next_orders.anchor_date
left join next_categories
    on
        customers.customer_id = next_categories.customer_id
        and customers.anchor_date = next_categories.anchor_date
