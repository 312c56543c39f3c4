with

orders as (

    select * from {{ ref('int_orders__checked') }}
    where is_accepted

),

order_lines as (

    select * from {{ ref('int_order_lines__checked') }}
    where is_accepted

),

credited as (

    select
        *,
        {{ credit_of_line('order_lines') }} as credit
    from order_lines

)

select
    ---------- ids
    credited.order_id as return_id,
    credited.line_number as return_line_number,
    orders.customer_id,
    credited.product_id,

    ---------- strings
    orders.currency,

    ---------- numerics
    greatest(-credited.quantity, 0) as returned_quantity,
    cast(credited.credit as double) / nullif(greatest(-credited.quantity, 0), 0)
        as unit_credit,
    {{ reporting_amount('credited.credit') }} as credited_amount,

    ---------- timestamps
    orders.ordered_at as returned_at
from credited
inner join orders
    on credited.order_id = orders.order_id
where {{ gives_back('credited') }}
