-- Returns matched to a sale line never exceed it, in units or in money. Of a return
-- line, no more is matched than it holds.
with

returns as (

    select * from {{ ref('int_returns__matched') }}

),

by_sale as (

    select
        order_id,
        line_number,
        sum(returned_quantity) as returned_quantity,
        sum(returned_amount) as returned_amount,
        count(*) as count_returns
    from returns
    group by order_id, line_number

),

by_return as (

    select
        return_id,
        return_line_number,
        sum(returned_quantity) as returned_quantity
    from returns
    group by return_id, return_line_number

)

select
    'sold' as side,
    by_sale.order_id as document_id,
    by_sale.line_number,
    by_sale.returned_quantity,
    sale_lines.quantity
from by_sale
inner join {{ ref('int_sale_lines') }} as sale_lines
    on
        by_sale.order_id = sale_lines.order_id
        and by_sale.line_number = sale_lines.line_number
where
    by_sale.returned_quantity > sale_lines.quantity
    or by_sale.returned_amount
    > sale_lines.net_amount + 0.0001 * by_sale.count_returns

union all

select
    'returned' as side,
    by_return.return_id as document_id,
    by_return.return_line_number as line_number,
    by_return.returned_quantity,
    return_lines.returned_quantity as quantity
from by_return
inner join {{ ref('int_return_lines') }} as return_lines
    on
        by_return.return_id = return_lines.return_id
        and by_return.return_line_number = return_lines.return_line_number
where by_return.returned_quantity > return_lines.returned_quantity
