with

sale_lines as (

    select
        sale_lines.*,
        orders.order_date
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
        count(distinct product_id) filter (where not {{ is_shipping('product_id') }})
            as count_products,
        sum(net_amount) filter (where unit_cost is not null) as costed_amount,
        sum(cast(unit_cost * quantity as decimal(38, 4))) as cost_amount
    from sale_lines
    group by customer_id, anchor_date

),

favourite_categories as {{ favourite_of(
    'sale_lines', 'category', weight='net_amount', plural='categories'
) }},

-- products given away on the last day do not count as spend
last_day_lines as (

    select * from sale_lines
    qualify
        order_date = max(order_date) over (partition by customer_id, anchor_date)
        and net_amount > 0

),

last_categories as {{ favourite_of(
    'last_day_lines', 'category', weight='net_amount', plural='categories'
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
