with

sale_lines as (

    select * from {{ ref('int_sale_lines__as_of_anchor') }}

),

orders as (

    select
        ---------- ids
        customer_id,
        anchor_date,
        order_id,

        ---------- strings
        max(channel) as channel,
        max(promotion_code) as promotion_code,

        ---------- numerics
        count(distinct product_id) as count_products,
        sum(quantity) as total_units,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_amount) as net_amount,

        ---------- timestamps
        max(ordered_at) as ordered_at
    from sale_lines
    group by customer_id, anchor_date, order_id

)

select
    *,
    cast(ordered_at as date) as order_date,
    {{ dbt.datediff('cast(ordered_at as date)', 'anchor_date', 'day') }}
        as days_before_anchor
from orders
where {{ is_purchase('net_amount') }}
