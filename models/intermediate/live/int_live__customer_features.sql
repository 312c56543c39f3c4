{{ config(materialized=live_materialization()) }}

-- Each step is by customer, so that a filter on one customer reaches the tables at the
-- start. A step read by two others stops the filter but for `passes_filters_on`.
{%- set counts = [
    'count_orders', 'count_order_days', 'lifetime_net_amount',
    'count_orders_90d', 'net_amount_90d', 'count_orders_365d', 'net_amount_365d',
] %}
with

lines as (

    select * from {{ ref('int_live__lines') }}

),

-- the returns of customers with a new one are matched from the start; what those of
-- others undid stays as the build had it
sale_lines as (

    select
        *,
        unit_amount as unit_net_price,
        amount as net_amount
    from lines
    where is_matched_sale

),

return_lines as (

    select
        customer_id,
        order_id as return_id,
        line_number as return_line_number,
        product_id,
        currency,
        quantity as returned_quantity,
        unit_amount as unit_credit,
        amount as credited_amount,
        ordered_at as returned_at
    from lines
    where is_matched_return

),

first_sales as (

    select * from {{ ref('int_live__known_products') }}

),

{{ matched_returns() }},

returned as (

    select
        customer_id,
        order_id,
        line_number,
        sum(returned_amount) as returned_amount
    from matched_returns
    group by customer_id, order_id, line_number

),

kept as (

    select
        lines.customer_id,
        lines.as_of_date,
        lines.order_id,
        lines.ordered_at,
        case
            when lines.is_matched_sale
                then lines.amount - coalesce(returned.returned_amount, 0)
            else lines.kept_amount
        end as kept_amount
    from lines
    left join returned
        on
            lines.customer_id = returned.customer_id
            and lines.order_id = returned.order_id
            and lines.line_number = returned.line_number
    where {{ passes_filters_on('lines.customer_id') }}

),

orders as (

    select
        customer_id,
        as_of_date,
        order_id,
        max(cast(ordered_at as date)) as order_date,
        sum(kept_amount) as net_amount
    from kept
    group by customer_id, as_of_date, order_id

),

judged as (

    select
        *,
        coalesce({{ is_purchase('net_amount') }}, false) as is_purchase
    from orders

),

purchases as (

    select
        *,
        {{ dbt.datediff('order_date', 'as_of_date', 'day') }} as days_before, -- noqa: LT05
        lag(order_date) over (
            partition by customer_id, is_purchase
            order by order_date, order_id
        ) as order_date_before
    from judged

),

gaps as (

    select
        *,
        {{ dbt.datediff('order_date_before', 'order_date', 'day') }} as gap_days -- noqa: LT05
    from purchases

),

totals as (

    select
        customer_id,
        as_of_date,
        min(days_before) filter (where is_purchase) as days_since_last_order,
        max(days_before) filter (where is_purchase) as days_since_first_order,
        count(*) filter (where is_purchase) as count_orders,
        count(distinct order_date) filter (where is_purchase) as count_order_days,
        sum(net_amount) filter (where is_purchase) as lifetime_net_amount,
        -- a gap of 0 lies within a day
        max_by(gap_days, order_date) filter (where is_purchase and gap_days > 0)
            as last_gap_days,
        {% for days in [90, 365] -%}
        count(*) filter (where is_purchase and days_before <= {{ days }})
            as count_orders_{{ days }}d,
        sum(net_amount) filter (where is_purchase and days_before <= {{ days }})
            as net_amount_{{ days }}d,
        {% endfor -%}
        sum(gap_days) filter (where is_purchase) as sum_gap_days
    from gaps
    group by customer_id, as_of_date

),

features as (

    select
        *,
        cast(lifetime_net_amount as double) / nullif(count_orders, 0)
            as avg_order_amount,
        cast(sum_gap_days as double) / nullif(count_order_days - 1, 0)
            as avg_days_between_orders
    from totals

)

select
    ---------- ids
    features.customer_id,

    ---------- numerics
    {% for feature in live_features() -%}
    {% if feature in counts -%}
    coalesce(features.{{ feature }}, 0) as {{ feature }},
    {% else -%}
    features.{{ feature }},
    {% endif -%}
    {% endfor -%}
    {% for feature in stale_cluster_features() -%}
    known_customers.{{ feature }},
    {% endfor -%}
    {% for metric in rfm_metrics() -%}
    known_customers.earlier_sticky_{{ metric }}_score,
    {% endfor %}
    ---------- dates
    features.as_of_date
from features
left join {{ ref('int_live__customers') }} as known_customers
    on features.customer_id = known_customers.customer_id
