{{ config(materialized="view") }}

-- Everything is partitioned by customer, so that a filter on one reaches every table.
with

bounds as (

    select * from {{ ref('int_live__bounds') }}

),

known_customers as (

    select * from {{ ref('int_live__customers') }}

),

lines as (

    select * from {{ ref('int_live__lines') }}

),

customers as (

    select customer_id from known_customers
    union
    select customer_id from lines

),

sale_lines as (

    select
        *,
        moved_at as ordered_at
    from lines
    where kind = 'sale'

),

return_lines as (

    select
        *,
        order_id as return_id,
        line_number as return_line_number,
        quantity as returned_quantity,
        moved_at as returned_at
    from lines
    where kind = 'return'

),

matched_returns as (

    with {{ matched_returns() }}

),

returned as (

    select
        customer_id,
        order_id,
        line_number,
        sum(returned_quantity) as returned_quantity,
        sum(returned_amount) as returned_amount
    from matched_returns
    group by customer_id, order_id, line_number

),

orders as (

    select
        sale_lines.customer_id,
        sale_lines.order_id,
        max(cast(sale_lines.ordered_at as date)) as order_date,
        sum(sale_lines.net_amount - coalesce(returned.returned_amount, 0)) as net_amount
    from sale_lines
    left join returned
        on
            sale_lines.customer_id = returned.customer_id
            and sale_lines.order_id = returned.order_id
            and sale_lines.line_number = returned.line_number
    where sale_lines.quantity > coalesce(returned.returned_quantity, 0)
    group by sale_lines.customer_id, sale_lines.order_id

),

purchases as (

    select
        orders.customer_id,
        orders.order_date,
        orders.net_amount,
        {{ dbt.datediff('orders.order_date', 'bounds.as_of_date', 'day') }}
            as days_before,
        {{ dbt.datediff(
            'lag(orders.order_date) over (
                partition by orders.customer_id
                order by orders.order_date, orders.order_id
            )',
            'orders.order_date',
            'day'
        ) }} as gap_days
    from orders
    cross join bounds
    where {{ is_purchase('orders.net_amount') }}

),

totals as (

    select
        customer_id,
        min(days_before) as days_since_last_order,
        max(days_before) as days_since_first_order,
        count(*) as count_orders,
        count(distinct order_date) as count_order_days,
        sum(net_amount) as lifetime_net_amount,
        cast(sum(net_amount) as double) / count(*) as avg_order_amount,
        -- a gap of 0 lies within a day
        max_by(gap_days, order_date) filter (where gap_days > 0) as last_gap_days,
        cast(sum(gap_days) as double) / nullif(count(distinct order_date) - 1, 0)
            as avg_days_between_orders,
        {% for days in [90, 365] -%}
        count(*) filter (where days_before <= {{ days }}) as count_orders_{{ days }}d,
        coalesce(sum(net_amount) filter (where days_before <= {{ days }}), 0)
            as net_amount_{{ days }}d,
        {% endfor -%}
        max(order_date) as last_order_date
    from purchases
    group by customer_id

)

select
    ---------- ids
    customers.customer_id,

    ---------- numerics
    {% for feature in live_features() -%}
    {% if feature in ['count_orders', 'count_order_days', 'lifetime_net_amount',
        'count_orders_90d', 'net_amount_90d', 'count_orders_365d', 'net_amount_365d']
    -%}
    coalesce(totals.{{ feature }}, 0) as {{ feature }},
    {% else -%}
    totals.{{ feature }},
    {% endif -%}
    {% endfor -%}
    {% for feature in var('cluster_features') if feature not in live_features() -%}
    known_customers.{{ feature }},
    {% endfor %}
    ---------- dates
    bounds.as_of_date
from customers
cross join bounds
left join known_customers
    on customers.customer_id = known_customers.customer_id
left join totals
    on customers.customer_id = totals.customer_id
