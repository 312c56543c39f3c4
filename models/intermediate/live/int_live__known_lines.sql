-- All lines that were sold or gave something back. The view nets a customer's from the
-- start where a return has come since; for others, it takes what the build left.
with

sale_lines as (

    select * from {{ ref('int_sale_lines') }}
    where customer_id is not null

),

return_lines as (

    select * from {{ ref('int_return_lines') }}
    where customer_id is not null

),

returned as (

    select
        order_id,
        line_number,
        sum(returned_amount) as returned_amount
    from {{ ref('int_returns__matched') }}
    group by order_id, line_number

),

lines as (

    select
        sale_lines.customer_id,
        sale_lines.order_id,
        sale_lines.line_number,
        sale_lines.product_id,
        sale_lines.currency,
        sale_lines.quantity,
        sale_lines.unit_net_price as unit_amount,
        sale_lines.net_amount as amount,
        sale_lines.net_amount - coalesce(returned.returned_amount, 0) as kept_amount,
        false as is_return,
        sale_lines.ordered_at
    from sale_lines
    left join returned
        on
            sale_lines.order_id = returned.order_id
            and sale_lines.line_number = returned.line_number

    union all

    select
        customer_id,
        return_id as order_id,
        return_line_number as line_number,
        product_id,
        currency,
        returned_quantity as quantity,
        unit_credit as unit_amount,
        credited_amount as amount,
        cast(0 as decimal(18, 4)) as kept_amount,
        true as is_return,
        returned_at as ordered_at
    from return_lines

)

select
    ---------- ids
    customer_id,
    order_id,
    line_number,
    product_id,

    ---------- strings
    currency,

    ---------- numerics
    quantity,
    unit_amount,
    amount,
    kept_amount,

    ---------- booleans
    is_return,

    ---------- timestamps
    ordered_at
from lines
-- sorted, so that the lines of one customer are found without reading all of them
order by customer_id, ordered_at
