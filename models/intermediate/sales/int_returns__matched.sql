with

sale_lines as (

    select * from {{ ref('int_sale_lines') }}
    where customer_id is not null

),

return_lines as (

    select * from {{ ref('int_return_lines') }}
    where customer_id is not null

),

first_sales as (

    select
        product_id,
        min(ordered_at) as first_ordered_at
    from {{ ref('int_sale_lines') }}
    group by product_id

),

{{ matched_returns() }}

select
    ---------- ids
    return_id,
    return_line_number,
    order_id,
    line_number,
    customer_id,
    product_id,

    ---------- numerics
    returned_quantity,
    returned_amount,

    ---------- booleans
    is_cancellation,
    is_refund,

    ---------- timestamps
    ordered_at,
    returned_at
from matched_returns
