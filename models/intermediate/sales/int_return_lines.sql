with

orders as (

    select * from {{ ref('int_orders__checked') }}
    where is_accepted

),

order_lines as (

    select * from {{ ref('int_order_lines__checked') }}
    where is_accepted

)

select
    ---------- ids
    order_lines.order_id as return_id,
    order_lines.line_number as return_line_number,
    orders.customer_id,
    order_lines.product_id,

    ---------- numerics
    -order_lines.quantity as returned_quantity,

    ---------- timestamps
    orders.ordered_at as returned_at
from order_lines
inner join orders
    on order_lines.order_id = orders.order_id
where orders.takes_back and order_lines.quantity < 0
