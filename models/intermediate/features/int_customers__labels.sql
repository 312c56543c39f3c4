-- What happened in [anchor, anchor + horizon): known at every anchor but the last.
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role <> 'scoring' and count_orders > 0

),

anchors as (

    select * from {{ ref('int_anchors') }}

),

sale_lines as (

    select * from {{ ref('int_sale_lines') }}

),

-- an order cancelled within a day is no purchase, whenever the day ends
cancelled as (

    select
        order_id,
        line_number,
        sum(returned_amount) as cancelled_amount
    from {{ ref('int_returns__matched') }}
    where is_cancellation
    group by order_id, line_number

),

orders as (

    select
        sale_lines.customer_id,
        sale_lines.order_id,
        max(sale_lines.ordered_at) as ordered_at,
        sum(sale_lines.net_amount - coalesce(cancelled.cancelled_amount, 0))
            as net_amount
    from sale_lines
    left join cancelled
        on
            sale_lines.order_id = cancelled.order_id
            and sale_lines.line_number = cancelled.line_number
    where sale_lines.customer_id is not null
    group by sale_lines.customer_id, sale_lines.order_id

),

purchases as (

    select
        orders.customer_id,
        anchors.anchor_date,
        count(*) as count_orders,
        sum(orders.net_amount) as net_amount
    from orders
    inner join anchors
        on
            orders.ordered_at >= cast(anchors.anchor_date as timestamp)
            and orders.ordered_at < cast(anchors.label_until_date as timestamp)
    where {{ is_purchase('orders.net_amount') }}
    group by orders.customer_id, anchors.anchor_date

)

select
    customers.customer_id,
    customers.anchor_date,
    customers.anchor_role,
    coalesce(purchases.count_orders, 0) as count_orders_in_horizon,
    cast(coalesce(purchases.net_amount, 0) as double) as net_amount_in_horizon,
    {{ is_churned('coalesce(purchases.count_orders, 0)') }} as is_churned
from customers
left join purchases
    on
        customers.customer_id = purchases.customer_id
        and customers.anchor_date = purchases.anchor_date
