-- The main category of a purchase day is that on which most was spent, the first by name
-- of equals: what is predicted is the next one. A day with a category counts as far as
-- days with it, in the whole shop, have it as their main one.
with

sale_lines as (

    select
        sale_lines.customer_id,
        sale_lines.anchor_date,
        sale_lines.category,
        sale_lines.net_amount,
        orders.order_date,
        orders.days_before_anchor
    from {{ ref('int_sale_lines__as_of_anchor') }} as sale_lines
    inner join {{ ref('int_orders__as_of_anchor') }} as orders
        on
            sale_lines.customer_id = orders.customer_id
            and sale_lines.anchor_date = orders.anchor_date
            and sale_lines.order_id = orders.order_id
    where sale_lines.category is not null

),

-- the category on which most was spent on a day is ranked first
days as (

    select
        customer_id,
        anchor_date,
        category,
        order_date,
        days_before_anchor,
        row_number() over (
            partition by customer_id, anchor_date, order_date
            order by sum(net_amount) desc, category asc
        ) as category_rank,
        sum(net_amount) as net_amount
    from sale_lines
    group by customer_id, anchor_date, category, order_date, days_before_anchor

),

counted as (

    select
        customer_id,
        anchor_date,
        category,
        count(*) as count_order_days,
        sum(case when category_rank = 1 and net_amount > 0 then 1 else 0 end)
            as count_main_days,
        min(days_before_anchor) as days_since_last_order
    from days
    group by customer_id, anchor_date, category

)

select
    ---------- ids
    customer_id,
    anchor_date,

    ---------- strings
    category,

    ---------- numerics
    count_order_days,
    count_main_days,
    -- sums of decimals do not depend on the order of rows
    cast(
        cast(
            count_order_days
            * sum(count_main_days) over (partition by anchor_date, category)
            as double
        )
        / sum(count_order_days) over (partition by anchor_date, category)
        as decimal(18, 6)
    ) as expected_main_days,
    days_since_last_order
from counted
