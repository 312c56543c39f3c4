with

orders as (

    select * from {{ ref('int_orders__checked') }}
    where is_accepted

),

order_lines as (

    select * from {{ ref('int_order_lines__checked') }}
    where is_accepted

),

products as (

    select * from {{ ref('int_products__checked') }}
    where is_accepted

)

select
    ---------- ids
    order_lines.order_id,
    order_lines.line_number,
    orders.customer_id,
    order_lines.product_id,

    ---------- strings
    case
        when not {{ is_shipping('order_lines.product_id') }} then products.category
    end as category,
    orders.channel,
    orders.promotion_code,
    orders.currency,

    ---------- numerics
    order_lines.quantity,
    products.unit_cost,
    {{ reporting_amount('order_lines.line_amount') }} as gross_amount,
    {{ reporting_amount('coalesce(order_lines.discount_amount, 0)') }}
        as discount_amount,
    {{ reporting_amount(net_of_line('order_lines')) }} as net_amount,
    cast({{ net_of_line('order_lines') }} as double) / order_lines.quantity
        as unit_net_price,

    ---------- timestamps
    orders.ordered_at
from order_lines
inner join orders
    on order_lines.order_id = orders.order_id
left join products
    on order_lines.product_id = products.product_id
where {{ is_sold('order_lines') }}
