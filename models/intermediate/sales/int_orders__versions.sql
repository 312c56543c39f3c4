-- An order loses value with each return. Each return begins a new version, which holds
-- until the next one; an order with nothing of value left has no further version.
with

sale_lines as (

    select * from {{ ref('int_sale_lines') }}
    where customer_id is not null

),

returns as (

    select * from {{ ref('int_returns__matched') }}

),

moments as (

    select
        order_id,
        max(ordered_at) as changed_at
    from sale_lines
    group by order_id

    union

    select
        order_id,
        returned_at as changed_at
    from returns

),

versions as (

    select
        order_id,
        changed_at as valid_from,
        lead(changed_at) over (
            partition by order_id
            order by changed_at
        ) as valid_to
    from moments

),

returned as (

    select
        returns.order_id,
        returns.line_number,
        versions.valid_from,
        sum(returns.returned_quantity) as returned_quantity,
        sum(returns.returned_amount) as returned_amount
    from returns
    inner join versions
        on
            returns.order_id = versions.order_id
            and returns.returned_at <= versions.valid_from
    group by returns.order_id, returns.line_number, versions.valid_from

),

lines_kept as (

    select
        versions.order_id,
        versions.valid_from,
        versions.valid_to,
        sale_lines.customer_id,
        sale_lines.product_id,
        sale_lines.category,
        sale_lines.channel,
        sale_lines.promotion_code,
        sale_lines.ordered_at,
        sale_lines.gross_amount,
        sale_lines.discount_amount,
        sale_lines.net_amount - coalesce(returned.returned_amount, 0) as net_amount,
        sale_lines.quantity - coalesce(returned.returned_quantity, 0) as quantity
    from versions
    inner join sale_lines
        on versions.order_id = sale_lines.order_id
    left join returned
        on
            versions.order_id = returned.order_id
            and versions.valid_from = returned.valid_from
            and sale_lines.line_number = returned.line_number

),

orders as (

    select
        ---------- ids
        order_id,
        max(customer_id) as customer_id,

        ---------- strings
        max(channel) as channel,
        max(promotion_code) as promotion_code,

        ---------- numerics
        count(distinct product_id) filter (where not {{ is_shipping('product_id') }})
            as count_products,
        coalesce(sum(quantity) filter (where not {{ is_shipping('product_id') }}), 0)
            as total_units,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_amount) as net_amount,
        {% for name, category in category_shares().items() -%}
        sum(case
            when category = {{ quoted_text(category) }}
                then net_amount
        end) as {{ name }}_net_amount,
        {% endfor %}
        ---------- timestamps
        max(ordered_at) as ordered_at,
        valid_from,
        max(valid_to) as valid_to
    from lines_kept
    where quantity > 0 or net_amount > 0
    group by order_id, valid_from

)

select
    *,
    cast(ordered_at as date) as order_date
from orders
where {{ is_purchase('net_amount') }}
