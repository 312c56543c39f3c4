-- Per customer and product, purchases and returns are a stack of units: a purchase
-- puts units on top, a return takes them off the top, so that it undoes the latest
-- purchase first. Each purchase line covers a range of heights (from bottom_units to
-- top_units), each return takes off a range; what they share is what the return undid.
-- A return of more than the stack holds (bought before the data starts) reaches below
-- zero, where no purchase lies, and matches nothing there. A match depends on earlier
-- events only, so no later event changes it.
with

sale_lines as (

    select * from {{ ref('int_sale_lines') }}

),

return_lines as (

    select * from {{ ref('int_return_lines') }}
    where customer_id is not null

),

returned_products as (

    select distinct
        customer_id,
        product_id
    from return_lines

),

movements as (

    select
        sale_lines.customer_id,
        sale_lines.product_id,
        sale_lines.order_id,
        sale_lines.line_number,
        0 as is_return,
        sale_lines.ordered_at as moved_at,
        sale_lines.quantity as moved_units
    from sale_lines
    inner join returned_products
        on
            sale_lines.customer_id = returned_products.customer_id
            and sale_lines.product_id = returned_products.product_id

    union all

    select
        customer_id,
        product_id,
        return_id as order_id,
        return_line_number as line_number,
        1 as is_return,
        returned_at as moved_at,
        -returned_quantity as moved_units
    from return_lines

),

numbered as (

    select
        *,
        row_number() over (
            partition by customer_id, product_id
            order by moved_at, is_return, order_id, line_number
        ) as movement_number
    from movements

),

running as (

    select
        *,
        sum(moved_units) over (
            partition by customer_id, product_id
            order by movement_number
        ) as units_after
    from numbered

),

heights as (

    select
        *,
        units_after - moved_units as units_before
    from running

),

-- heights at or above the bottom of a purchase made between the two have been
-- covered again since: they no longer belong to the earlier purchase
pairs as (

    select
        returns.order_id as return_id,
        returns.line_number as return_line_number,
        returns.moved_at as returned_at,
        returns.units_before as return_top_units,
        returns.units_after as return_bottom_units,
        sales.order_id,
        sales.line_number,
        sales.units_after as top_units,
        sales.units_before as bottom_units,
        min(sales.units_before) over (
            partition by
                returns.customer_id, returns.product_id, returns.movement_number
            order by sales.movement_number desc
            rows between unbounded preceding and 1 preceding
        ) as covered_from_units
    from heights as returns
    inner join heights as sales
        on
            returns.customer_id = sales.customer_id
            and returns.product_id = sales.product_id
            and returns.movement_number > sales.movement_number
            and returns.units_before > sales.units_before
            and returns.units_after < sales.units_after
    where returns.is_return = 1 and sales.is_return = 0

),

matched as (

    select
        *,
        least(
            top_units,
            return_top_units,
            coalesce(covered_from_units, top_units)
        ) - greatest(bottom_units, return_bottom_units) as returned_quantity
    from pairs

)

select
    ---------- ids
    matched.return_id,
    matched.return_line_number,
    matched.order_id,
    matched.line_number,
    sale_lines.customer_id,
    sale_lines.product_id,

    ---------- numerics
    cast(matched.returned_quantity as decimal(18, 4)) as returned_quantity,
    cast(
        sale_lines.net_amount * (matched.returned_quantity / sale_lines.quantity)
        as decimal(18, 4)
    ) as returned_amount,

    ---------- booleans
    {{ is_cancellation('sale_lines.ordered_at', 'matched.returned_at') }}
        as is_cancellation,

    ---------- timestamps
    sale_lines.ordered_at,
    matched.returned_at
from matched
inner join sale_lines
    on
        matched.order_id = sale_lines.order_id
        and matched.line_number = sale_lines.line_number
where matched.returned_quantity > 0
