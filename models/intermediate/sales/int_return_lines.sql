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
        greatest(
            0,
            abs(case when quantity = 0 then unit_price else line_amount end)
            - abs(coalesce(discount_amount, 0))
        ) as credit
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
where
    orders.takes_back
    and (
        credited.quantity < 0
        -- money alone
        or (
            not orders.is_sale
            and (credited.quantity = 0 or credited.unit_price < 0)
        )
    )
