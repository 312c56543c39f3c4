-- An order loses value with each return. Each return begins a new version, which holds
-- until the next one; an order with nothing of value left has no further version.
{%- set of_the_order =
    ['order_id', 'customer_id', 'channel', 'promotion_code', 'ordered_at'] %}
{%- set of_the_line = ['product_id', 'category', 'gross_amount', 'discount_amount'] %}
with

sale_lines as {{ inlined() }} (

    select * from {{ ref('int_sale_lines') }}
    where customer_id is not null

),

returns as {{ inlined() }} (

    select * from {{ ref('int_returns__matched') }}

),

-- few orders come back: only their lines are joined to versions
returned_orders as (

    select distinct order_id from returns

),

lines_of_returned_orders as {{ inlined() }} (

    select sale_lines.*
    from sale_lines
    inner join returned_orders
        on sale_lines.order_id = returned_orders.order_id

),

moments as (

    select
        order_id,
        max(ordered_at) as changed_at
    from lines_of_returned_orders
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
        {% for column in of_the_order + of_the_line -%}
        sale_lines.{{ column }},
        {% endfor -%}
        sale_lines.net_amount,
        sale_lines.quantity,
        sale_lines.ordered_at as valid_from,
        cast(null as timestamp) as valid_to
    from sale_lines
    left join returned_orders
        on sale_lines.order_id = returned_orders.order_id
    where returned_orders.order_id is null

    union all

    select
        {% for column in of_the_order + of_the_line -%}
        sale_lines.{{ column }},
        {% endfor -%}
        sale_lines.net_amount - coalesce(returned.returned_amount, 0) as net_amount,
        sale_lines.quantity - coalesce(returned.returned_quantity, 0) as quantity,
        versions.valid_from,
        versions.valid_to
    from versions
    inner join lines_of_returned_orders as sale_lines
        on versions.order_id = sale_lines.order_id
    left join returned
        on
            versions.order_id = returned.order_id
            and versions.valid_from = returned.valid_from
            and sale_lines.line_number = returned.line_number

),

-- a row per product first, so that products are counted without lists of them
products as (

    select
        {% for column in of_the_order -%}
        {{ column }},
        {% endfor -%}
        valid_from,
        valid_to,
        product_id,
        category,
        sum(quantity) as quantity,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_amount) as net_amount
    from lines_kept
    where quantity > 0 or net_amount > 0
    group by {{ of_the_order | join(', ') }}, valid_from, valid_to, product_id, category

),

orders as (

    select
        ---------- ids
        order_id,
        customer_id,

        ---------- strings
        channel,
        promotion_code,

        ---------- numerics
        count(*) filter (where not {{ is_shipping('product_id') }}) as count_products,
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
        ordered_at,
        valid_from,
        valid_to
    from products
    group by {{ of_the_order | join(', ') }}, valid_from, valid_to

)

select
    *,
    cast(ordered_at as date) as order_date
from orders
where {{ is_purchase('net_amount') }}
