{{ config(materialized='view') }}

-- An order cancelled within a day is no purchase, whenever the day ends.
with

sale_lines as (

    select * from {{ ref('int_sale_lines') }}
    where customer_id is not null

),

cancelled as (

    select
        order_id,
        line_number,
        sum(returned_amount) as cancelled_amount
    from {{ ref('int_returns__matched') }}
    where is_cancellation
    group by order_id, line_number

)

select
    ---------- ids
    sale_lines.customer_id,
    sale_lines.order_id,
    sale_lines.line_number,

    ---------- strings
    sale_lines.category,

    ---------- numerics
    sale_lines.net_amount - coalesce(cancelled.cancelled_amount, 0) as net_amount,

    ---------- timestamps
    sale_lines.ordered_at
from sale_lines
left join cancelled
    on
        sale_lines.order_id = cancelled.order_id
        and sale_lines.line_number = cancelled.line_number
