{{ config(pre_hook="{{ forget_stale_history() }}") }}

-- The features of int_customers__features that segments are made of, by the same
-- definitions, for everyone at every anchor of history.
{%- set windows = [90, 365] %}
with

anchors as {{ new_history_anchors() }},

orders as (

    select
        versions.*,
        anchors.anchor_date,
        {{ daypart('versions.ordered_at') }} as daypart,
        {{ is_weekend('versions.order_date') }} as is_weekend,
        {{ dbt.datediff('versions.order_date', 'anchors.anchor_date', 'day') }}
            as days_before_anchor
    from {{ ref('int_orders__versions') }} as versions
    inner join anchors
        on {{ is_known_version('versions', 'anchors.anchor_date') }}

),

first_orders as (

    select
        customer_id,
        min(ordered_at) as first_ordered_at
    from {{ ref('int_orders__versions') }}
    group by customer_id

),

-- also those who have sent everything back
buyers as (

    select
        first_orders.customer_id,
        anchors.anchor_date,
        anchors.input_checksum,
        row_number() over (
            partition by anchors.anchor_date
            order by md5(first_orders.customer_id), first_orders.customer_id
        ) <= {{ var('max_training_customers') }} as is_sampled
    from first_orders
    inner join anchors
        on first_orders.first_ordered_at < cast(anchors.anchor_date as timestamp)

),

totals as (

    select
        customer_id,
        anchor_date,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        min(days_before_anchor) as days_since_last_order,
        max(days_before_anchor) as days_since_first_order,
        count(*) as count_orders,
        count(distinct order_date) as count_order_days,
        sum(net_amount) as lifetime_net_amount,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(total_units) as total_units,
        sum(count_products) as total_products,
        {% for days in windows -%}
        count(*) filter (where days_before_anchor <= {{ days }})
            as count_orders_{{ days }}d,
        sum(net_amount) filter (where days_before_anchor <= {{ days }})
            as net_amount_{{ days }}d,
        {% endfor -%}
        count(*) filter (where promotion_code is not null) as count_promotion_orders,
        count(*) filter (where is_weekend) as count_weekend_orders
    from orders
    group by customer_id, anchor_date

),

-- the day of purchase before the last one
days_before as (

    select
        orders.customer_id,
        orders.anchor_date,
        max(orders.order_date) as order_date
    from orders
    inner join totals
        on
            orders.customer_id = totals.customer_id
            and orders.anchor_date = totals.anchor_date
            and orders.order_date < totals.last_order_date
    group by orders.customer_id, orders.anchor_date

),

favourite_channels as {{ favourite_of('orders', 'channel') }},

favourite_dayparts as {{ favourite_of('orders', 'daypart') }}

select
    ---------- ids
    buyers.customer_id,
    buyers.anchor_date,

    ---------- strings
    buyers.input_checksum,
    favourite_channels.favourite_channel,
    favourite_dayparts.favourite_daypart,

    ---------- numerics
    totals.days_since_last_order,
    totals.days_since_first_order,
    coalesce(totals.count_orders, 0) as count_orders,
    coalesce(totals.count_order_days, 0) as count_order_days,
    cast(coalesce(totals.lifetime_net_amount, 0) as double) as lifetime_net_amount,
    cast(totals.lifetime_net_amount as double) / totals.count_orders
        as avg_order_amount,
    {{ dbt.datediff('days_before.order_date', 'totals.last_order_date', 'day') }}
        as last_gap_days,
    cast(
        totals.days_since_first_order - totals.days_since_last_order as double
    ) / nullif(totals.count_order_days - 1, 0) as avg_days_between_orders,
    {% for days in windows -%}
    coalesce(totals.count_orders_{{ days }}d, 0) as count_orders_{{ days }}d,
    cast(coalesce(totals.net_amount_{{ days }}d, 0) as double)
        as net_amount_{{ days }}d,
    {% endfor -%}
    cast(totals.total_units as double) / totals.count_orders as avg_units_per_order,
    cast(totals.total_products as double) / totals.count_orders
        as avg_products_per_order,
    cast(totals.discount_amount as double)
    / nullif(cast(totals.gross_amount as double), 0) as discount_share,
    cast(totals.count_promotion_orders as double) / totals.count_orders
        as promotion_order_share,
    cast(totals.count_weekend_orders as double) / totals.count_orders
        as weekend_order_share,

    ---------- booleans
    buyers.is_sampled,

    ---------- dates
    totals.first_order_date,
    totals.last_order_date
from buyers
left join totals
    on
        buyers.customer_id = totals.customer_id
        and buyers.anchor_date = totals.anchor_date
left join days_before
    on
        buyers.customer_id = days_before.customer_id
        and buyers.anchor_date = days_before.anchor_date
left join favourite_channels
    on
        buyers.customer_id = favourite_channels.customer_id
        and buyers.anchor_date = favourite_channels.anchor_date
left join favourite_dayparts
    on
        buyers.customer_id = favourite_dayparts.customer_id
        and buyers.anchor_date = favourite_dayparts.anchor_date
