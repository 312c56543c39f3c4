{{ config(materialized="view") }}

-- Sales before each anchor, minus what had come back by then.
with

customers_anchors as (

    select * from {{ ref('int_customers__anchors') }}

),

sale_lines as (

    select * from {{ ref('int_sale_lines') }}

),

returned as (

    select
        returns.order_id,
        returns.line_number,
        customers_anchors.anchor_date,
        sum(returns.returned_quantity) as returned_quantity,
        sum(returns.returned_amount) as returned_amount
    from {{ ref('int_returns__matched') }} as returns
    inner join customers_anchors
        on
            returns.customer_id = customers_anchors.customer_id
            and returns.returned_at < cast(customers_anchors.anchor_date as timestamp)
    group by returns.order_id, returns.line_number, customers_anchors.anchor_date

),

netted as (

    select
        customers_anchors.customer_id,
        customers_anchors.anchor_date,
        sale_lines.order_id,
        sale_lines.line_number,
        sale_lines.product_id,
        sale_lines.category,
        sale_lines.channel,
        sale_lines.promotion_code,
        sale_lines.unit_cost,
        sale_lines.gross_amount,
        sale_lines.discount_amount,
        sale_lines.net_amount - coalesce(returned.returned_amount, 0) as net_amount,
        sale_lines.quantity - coalesce(returned.returned_quantity, 0) as quantity,
        sale_lines.ordered_at
    from customers_anchors
    inner join sale_lines
        on
            customers_anchors.customer_id = sale_lines.customer_id
            and cast(customers_anchors.anchor_date as timestamp) > sale_lines.ordered_at
    left join returned
        on
            sale_lines.order_id = returned.order_id
            and sale_lines.line_number = returned.line_number
            and customers_anchors.anchor_date = returned.anchor_date

)

select * from netted
where quantity > 0 or net_amount > 0
