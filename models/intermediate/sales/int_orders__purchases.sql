with

lines as (

    select * from {{ ref('int_sale_lines__uncancelled') }}

),

orders as (

    select
        customer_id,
        order_id,
        sum(net_amount) as net_amount,
        max(ordered_at) as ordered_at
    from lines
    group by customer_id, order_id

)

select
    ---------- ids
    customer_id,
    order_id,

    ---------- numerics
    net_amount,

    ---------- dates
    cast(ordered_at as date) as order_date,

    ---------- timestamps
    ordered_at
from orders
where {{ is_purchase('net_amount') }}
