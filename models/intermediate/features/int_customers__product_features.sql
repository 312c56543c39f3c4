with

sale_lines as (

    select sale_lines.*
    from {{ ref('int_sale_lines__as_of_anchor') }} as sale_lines
    inner join {{ ref('int_orders__as_of_anchor') }} as orders
        on
            sale_lines.customer_id = orders.customer_id
            and sale_lines.anchor_date = orders.anchor_date
            and sale_lines.order_id = orders.order_id

),

products as (

    select
        customer_id,
        anchor_date,
        count(distinct product_id) as count_products
    from sale_lines
    group by customer_id, anchor_date

),

favourite_categories as {{ favourite_of(
    'sale_lines', 'category', weight='net_amount', plural='categories'
) }}

select
    ---------- ids
    products.customer_id,
    products.anchor_date,

    ---------- strings
    favourite_categories.favourite_category,

    ---------- numerics
    products.count_products,
    coalesce(favourite_categories.count_categories, 0) as count_categories,
    favourite_categories.favourite_category_share
from products
left join favourite_categories
    on
        products.customer_id = favourite_categories.customer_id
        and products.anchor_date = favourite_categories.anchor_date
