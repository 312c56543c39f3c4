with

orders as (

    select * from {{ ref('int_orders__as_of_anchor') }}

),

last_days as (

    select
        customer_id,
        anchor_date,
        max(order_date) as last_order_date
    from orders
    group by customer_id, anchor_date

),

-- a row per product first: what is counted of products and of categories is little then
bought_products as (

    select
        sale_lines.customer_id,
        sale_lines.anchor_date,
        sale_lines.product_id,
        sale_lines.category,
        sum(sale_lines.net_amount) as net_amount,
        -- products given away on the last day do not count as spend
        sum(
            case
                when
                    orders.order_date = last_days.last_order_date
                    and sale_lines.net_amount > 0
                    then sale_lines.net_amount
            end
        ) as last_day_amount,
        sum(sale_lines.net_amount) filter (where sale_lines.unit_cost is not null)
            as costed_amount,
        sum(cast(sale_lines.unit_cost * sale_lines.quantity as decimal(38, 4)))
            as cost_amount
    from {{ ref('int_sale_lines__as_of_anchor') }} as sale_lines
    inner join orders
        on
            sale_lines.customer_id = orders.customer_id
            and sale_lines.anchor_date = orders.anchor_date
            and sale_lines.order_id = orders.order_id
    inner join last_days
        on
            sale_lines.customer_id = last_days.customer_id
            and sale_lines.anchor_date = last_days.anchor_date
    group by
        sale_lines.customer_id,
        sale_lines.anchor_date,
        sale_lines.product_id,
        sale_lines.category

),

products as (

    select
        customer_id,
        anchor_date,
        count(*) filter (where not {{ is_shipping('product_id') }}) as count_products,
        sum(costed_amount) as costed_amount,
        sum(cost_amount) as cost_amount
    from bought_products
    group by customer_id, anchor_date

),

favourite_categories as {{ favourite_of(
    'bought_products', 'category', weight='net_amount', plural='categories'
) }},

last_day_products as (

    select * from bought_products
    where last_day_amount is not null

),

last_categories as {{ favourite_of(
    'last_day_products', 'category', weight='last_day_amount', plural='categories'
) }}

select
    ---------- ids
    products.customer_id,
    products.anchor_date,

    ---------- strings
    favourite_categories.favourite_category,
    last_categories.favourite_category as last_category,

    ---------- numerics
    products.count_products,
    coalesce(favourite_categories.count_categories, 0) as count_categories,
    favourite_categories.favourite_category_share,
    cast(products.costed_amount - products.cost_amount as double)
    / nullif(cast(products.costed_amount as double), 0) as margin_rate
from products
left join favourite_categories
    on
        products.customer_id = favourite_categories.customer_id
        and products.anchor_date = favourite_categories.anchor_date
left join last_categories
    on
        products.customer_id = last_categories.customer_id
        and products.anchor_date = last_categories.anchor_date
