with

customers_anchors as (

    select * from {{ ref('int_customers__anchors') }}

),

web_events as (

    select
        customers_anchors.customer_id,
        customers_anchors.anchor_date,
        web_events.session_id,
        web_events.event_type,
        web_events.device,
        {{ dbt.datediff(
            'cast(web_events.occurred_at as date)', 'customers_anchors.anchor_date', 'day'
        ) }} as days_before_anchor
    from {{ ref('int_web_events__checked') }} as web_events
    inner join customers_anchors
        on
            web_events.customer_id = customers_anchors.customer_id
            and web_events.occurred_at < cast(customers_anchors.anchor_date as timestamp)
    where web_events.is_accepted

),

web as (

    select
        customer_id,
        anchor_date,
        min(days_before_anchor) as days_since_last_visit,
        count(distinct session_id) filter (where days_before_anchor <= 30)
            as count_sessions_30d,
        count(distinct session_id) filter (where days_before_anchor <= 90)
            as count_sessions_90d,
        count(*) filter (where days_before_anchor <= 90) as count_web_events_90d
    from web_events
    group by customer_id, anchor_date

),

favourite_devices as {{ favourite_of('web_events', 'device') }},

-- opening, clicking and unsubscribing are separate events, each with its own time
messages as (

    select
        customers_anchors.customer_id,
        customers_anchors.anchor_date,
        count(*) as count_messages_180d,
        count(*) filter (
            where messages.opened_at < cast(customers_anchors.anchor_date as timestamp)
        ) as count_opened_messages_180d,
        count(*) filter (
            where messages.clicked_at < cast(customers_anchors.anchor_date as timestamp)
        ) as count_clicked_messages_180d
    from {{ ref('int_messages__checked') }} as messages
    inner join customers_anchors
        on
            messages.customer_id = customers_anchors.customer_id
            and messages.sent_at < cast(customers_anchors.anchor_date as timestamp)
            and messages.sent_at
            >= cast(customers_anchors.anchor_date as timestamp) - interval '180' day
    where messages.is_accepted
    group by customers_anchors.customer_id, customers_anchors.anchor_date

)

select
    ---------- ids
    customers_anchors.customer_id,
    customers_anchors.anchor_date,

    ---------- strings
    favourite_devices.favourite_device,

    ---------- numerics
    web.days_since_last_visit,
    coalesce(web.count_sessions_30d, 0) as count_sessions_30d,
    coalesce(web.count_sessions_90d, 0) as count_sessions_90d,
    coalesce(web.count_web_events_90d, 0) as count_web_events_90d,
    favourite_devices.favourite_device_share,
    coalesce(messages.count_messages_180d, 0) as count_messages_180d,
    cast(messages.count_opened_messages_180d as double)
    / nullif(messages.count_messages_180d, 0) as message_open_rate,
    cast(messages.count_clicked_messages_180d as double)
    / nullif(messages.count_messages_180d, 0) as message_click_rate
from customers_anchors
left join web
    on
        customers_anchors.customer_id = web.customer_id
        and customers_anchors.anchor_date = web.anchor_date
left join favourite_devices
    on
        customers_anchors.customer_id = favourite_devices.customer_id
        and customers_anchors.anchor_date = favourite_devices.anchor_date
left join messages
    on
        customers_anchors.customer_id = messages.customer_id
        and customers_anchors.anchor_date = messages.anchor_date
