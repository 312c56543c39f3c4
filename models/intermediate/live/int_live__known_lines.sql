with

sale_lines as (

    select * from {{ ref('int_sale_lines') }}
    where customer_id is not null

),

returned as (

    select
        order_id,
        line_number,
        sum(returned_quantity) as returned_quantity,
        sum(returned_amount) as returned_amount
    from {{ ref('int_returns__matched') }}
    group by order_id, line_number

)

select
    ---------- ids
    sale_lines.customer_id,
    sale_lines.order_id,
    sale_lines.line_number,
    sale_lines.product_id,

    ---------- numerics
    sale_lines.quantity as sold_quantity,
    sale_lines.net_amount as sold_net_amount,
    sale_lines.quantity - coalesce(returned.returned_quantity, 0) as quantity,
    sale_lines.net_amount - coalesce(returned.returned_amount, 0) as net_amount,

    ---------- timestamps
    sale_lines.ordered_at
from sale_lines
left join returned
    on
        sale_lines.order_id = returned.order_id
        and sale_lines.line_number = returned.line_number
where
    sale_lines.quantity > coalesce(returned.returned_quantity, 0)
    or sale_lines.net_amount > coalesce(returned.returned_amount, 0)
-- sorted, so that the lines of one customer are found without reading all of them
order by sale_lines.customer_id, sale_lines.ordered_at
