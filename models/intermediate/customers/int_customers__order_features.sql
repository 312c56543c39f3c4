{%- set windows = [30, 90, 180, 365] -%}
with

orders as {{ inlined() }} (

    select
        *,
        {{ daypart('ordered_at') }} as daypart,
        {{ is_weekend('order_date') }} as is_weekend
    from {{ ref('int_orders__as_of_anchor') }}

),

returns as (

    select
        returns.customer_id,
        anchors.anchor_date,
        sum(returns.returned_amount) as returned_amount
    from {{ ref('int_returns__matched') }} as returns
    inner join {{ ref('int_anchors') }} as anchors
        on returns.returned_at < cast(anchors.anchor_date as timestamp)
    where not returns.is_cancellation
    group by returns.customer_id, anchors.anchor_date

),

order_days as (

    select
        customer_id,
        anchor_date,
        order_date,
        sum(net_amount) as day_amount,
        {{ dbt.datediff(
            'lag(order_date) over (
                partition by customer_id, anchor_date
                order by order_date
            )',
            'order_date',
            'day'
        ) }} as gap_days
    from orders
    group by customer_id, anchor_date, order_date

),

-- sums of whole numbers are exact, so the spread does not depend on row order
gaps as (

    select
        customer_id,
        anchor_date,
        count(*) as count_order_days,
        max_by(gap_days, order_date) as last_gap_days,
        cast(sum(gap_days) as double) as sum_gap_days,
        cast(sum(gap_days * gap_days) as double) as sum_squared_gap_days,
        count(gap_days) as count_gaps,
        sum(case when gap_days is not null then day_amount end) as repeat_amount
    from order_days
    group by customer_id, anchor_date

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
        sum(net_amount) as lifetime_net_amount,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(total_units) as total_units,
        sum(count_products) as total_products,
        {% for days in windows -%}
        count(*) filter (where days_before_anchor <= {{ days }})
            as count_orders_{{ days }}d,
        coalesce(
            sum(net_amount) filter (where days_before_anchor <= {{ days }}), 0
        ) as net_amount_{{ days }}d,
        {% endfor -%}
        count(*) filter (where promotion_code is not null) as count_promotion_orders,
        count(*) filter (where is_weekend) as count_weekend_orders
    from orders
    group by customer_id, anchor_date

),

favourite_channels as {{ favourite_of('orders', 'channel') }},

favourite_dayparts as {{ favourite_of('orders', 'daypart') }}

select
    ---------- ids
    totals.customer_id,
    totals.anchor_date,

    ---------- strings
    favourite_channels.favourite_channel,
    favourite_dayparts.favourite_daypart,

    ---------- numerics
    totals.days_since_last_order,
    totals.days_since_first_order,
    totals.count_orders,
    gaps.count_order_days,
    totals.lifetime_net_amount,
    cast(totals.lifetime_net_amount as double) / totals.count_orders
        as avg_order_amount,
    cast(gaps.repeat_amount as double) / nullif(gaps.count_gaps, 0)
        as avg_repeat_amount,
    -- (r + x) ln((alpha + T) / (alpha + t_x)) of the BG/NBD model, alpha being 30 days
    (gaps.count_order_days - cast(0.5 as double)) * ln(
        cast(totals.days_since_first_order + 30 as double)
        / (totals.days_since_first_order - totals.days_since_last_order + 30)
    ) as silence_log_odds,
    gaps.last_gap_days,
    gaps.sum_gap_days / nullif(gaps.count_gaps, 0) as avg_days_between_orders,
    case
        when gaps.count_gaps > 1 then sqrt(greatest(
            0,
            gaps.sum_squared_gap_days
            - gaps.sum_gap_days * gaps.sum_gap_days / gaps.count_gaps
        ) / (gaps.count_gaps - 1))
    end as stddev_days_between_orders,
    {% for days in windows -%}
    totals.count_orders_{{ days }}d,
    totals.net_amount_{{ days }}d,
    {% endfor -%}
    {{ relative_change(
        'totals.count_orders_90d',
        '(totals.count_orders_180d - totals.count_orders_90d)'
    ) }} as count_orders_trend,
    {{ relative_change(
        'totals.net_amount_90d', '(totals.net_amount_180d - totals.net_amount_90d)'
    ) }} as net_amount_trend,
    cast(totals.total_units as double) / totals.count_orders as avg_units_per_order,
    cast(totals.total_products as double) / totals.count_orders
        as avg_products_per_order,
    cast(totals.discount_amount as double)
    / nullif(cast(totals.gross_amount as double), 0) as discount_share,
    cast(totals.count_promotion_orders as double) / totals.count_orders
        as promotion_order_share,
    cast(coalesce(returns.returned_amount, 0) as double)
    / cast(totals.lifetime_net_amount + coalesce(returns.returned_amount, 0) as double)
        as return_rate,
    cast(totals.count_weekend_orders as double) / totals.count_orders
        as weekend_order_share,
    favourite_dayparts.favourite_daypart_share,
    favourite_channels.favourite_channel_share,
    favourite_channels.count_channels,

    ---------- dates
    totals.first_order_date,
    totals.last_order_date
from totals
inner join gaps
    on
        totals.customer_id = gaps.customer_id
        and totals.anchor_date = gaps.anchor_date
left join returns
    on
        totals.customer_id = returns.customer_id
        and totals.anchor_date = returns.anchor_date
left join favourite_channels
    on
        totals.customer_id = favourite_channels.customer_id
        and totals.anchor_date = favourite_channels.anchor_date
left join favourite_dayparts
    on
        totals.customer_id = favourite_dayparts.customer_id
        and totals.anchor_date = favourite_dayparts.anchor_date
