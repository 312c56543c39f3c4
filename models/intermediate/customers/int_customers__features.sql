-- Missing features are null; missing counts and amounts are 0.
{%- set windows = [30, 90, 180, 365] %}
with

customers_anchors as (

    select * from {{ ref('int_customers__anchors') }}

),

orders as (

    select * from {{ ref('int_customers__order_features') }}

),

products as (

    select * from {{ ref('int_customers__product_features') }}

),

engagement as (

    select * from {{ ref('int_customers__engagement_features') }}

)

select
    ---------- ids
    customers_anchors.customer_id,
    customers_anchors.anchor_date,
    customers_anchors.anchor_number,

    ---------- strings
    customers_anchors.anchor_role,
    orders.favourite_channel,
    orders.favourite_daypart,
    products.favourite_category,
    products.last_category,
    engagement.favourite_device,

    ---------- booleans
    customers_anchors.is_sampled,

    ---------- numerics: orders
    orders.days_since_last_order,
    orders.days_since_first_order,
    coalesce(orders.count_orders, 0) as count_orders,
    coalesce(orders.count_order_days, 0) as count_order_days,
    cast(coalesce(orders.lifetime_net_amount, 0) as double) as lifetime_net_amount,
    orders.avg_order_amount,
    orders.avg_repeat_amount,
    orders.silence_log_odds,
    orders.last_gap_days,
    orders.avg_days_between_orders,
    orders.stddev_days_between_orders,
    {% for days in windows -%}
    coalesce(orders.count_orders_{{ days }}d, 0) as count_orders_{{ days }}d,
    cast(coalesce(orders.net_amount_{{ days }}d, 0) as double)
        as net_amount_{{ days }}d,
    {% endfor -%}
    coalesce(orders.count_orders_trend, 0) as count_orders_trend,
    coalesce(orders.net_amount_trend, 0) as net_amount_trend,
    orders.avg_units_per_order,
    orders.avg_products_per_order,
    orders.discount_share,
    orders.promotion_order_share,
    orders.return_rate,
    orders.weekend_order_share,
    orders.favourite_daypart_share,
    orders.favourite_channel_share,
    coalesce(orders.count_channels, 0) as count_channels,

    ---------- numerics: products
    coalesce(products.count_products, 0) as count_products,
    coalesce(products.count_categories, 0) as count_categories,
    products.favourite_category_share,
    products.margin_rate,

    ---------- numerics: engagement
    engagement.days_since_last_visit,
    engagement.count_sessions_30d,
    engagement.count_sessions_90d,
    engagement.count_web_events_90d,
    engagement.favourite_device_share,
    engagement.count_messages_180d,
    engagement.message_open_rate,
    engagement.message_click_rate,

    ---------- dates
    orders.first_order_date,
    orders.last_order_date
from customers_anchors
left join orders
    on
        customers_anchors.customer_id = orders.customer_id
        and customers_anchors.anchor_date = orders.anchor_date
left join products
    on
        customers_anchors.customer_id = products.customer_id
        and customers_anchors.anchor_date = products.anchor_date
left join engagement
    on
        customers_anchors.customer_id = engagement.customer_id
        and customers_anchors.anchor_date = engagement.anchor_date
