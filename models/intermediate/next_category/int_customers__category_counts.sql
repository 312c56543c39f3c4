with

sale_lines as (

    select
        sale_lines.customer_id,
        sale_lines.anchor_date,
        sale_lines.category,
        orders.order_date,
        orders.days_before_anchor
    from {{ ref('int_sale_lines__as_of_anchor') }} as sale_lines
    inner join {{ ref('int_orders__as_of_anchor') }} as orders
        on
            sale_lines.customer_id = orders.customer_id
            and sale_lines.anchor_date = orders.anchor_date
            and sale_lines.order_id = orders.order_id

)

select
    ---------- ids
    customer_id,
    anchor_date,

    ---------- strings
    category,

    ---------- numerics
    count(distinct order_date) as count_order_days,
    min(days_before_anchor) as days_since_last_order
from sale_lines
where category is not null
group by customer_id, anchor_date, category
