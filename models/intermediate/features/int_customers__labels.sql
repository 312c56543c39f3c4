-- What happened from each past anchor on. A label is null where the days it asks about
-- reach beyond the scoring anchor: it is not known yet.
{%- set horizon_days = setting('horizon_days') %}
{%- set response_days = setting('response_days') %}
with

anchors as (

    select * from {{ ref('int_anchors') }}

),

features as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'past' and count_orders > 0

),

sale_lines as (

    select * from {{ ref('int_sale_lines') }}
    where customer_id is not null

),

messages as (

    select * from {{ ref('int_messages__checked') }}
    where is_accepted

),

scoring as (

    select anchor_date from anchors
    where anchor_role = 'scoring'

),

customers as (

    select
        features.customer_id,
        features.anchor_date,
        features.anchor_number,
        features.anchor_role,
        anchors.known_days
    from features
    inner join anchors
        on features.anchor_date = anchors.anchor_date

),

-- an order cancelled within a day is no purchase, whenever the day ends
cancelled as (

    select
        order_id,
        line_number,
        sum(returned_amount) as cancelled_amount
    from {{ ref('int_returns__matched') }}
    where is_cancellation
    group by order_id, line_number

),

netted as (

    select
        sale_lines.customer_id,
        sale_lines.order_id,
        sale_lines.category,
        sale_lines.net_amount - coalesce(cancelled.cancelled_amount, 0) as net_amount,
        sale_lines.ordered_at
    from sale_lines
    left join cancelled
        on
            sale_lines.order_id = cancelled.order_id
            and sale_lines.line_number = cancelled.line_number

),

orders as (

    select
        customer_id,
        order_id,
        sum(net_amount) as net_amount,
        max(ordered_at) as ordered_at
    from netted
    group by customer_id, order_id

),

purchases as (

    select
        *,
        cast(ordered_at as date) as order_date
    from orders
    where {{ is_purchase('net_amount') }}

),

-- the days with a purchase from the anchor on, orders of one day being one
order_days as (

    select
        customers.customer_id,
        customers.anchor_date,
        purchases.order_date,
        sum(purchases.net_amount) as net_amount,
        {{ dbt.datediff('customers.anchor_date', 'purchases.order_date', 'day') }}
            as days_after_anchor
    from customers
    inner join purchases
        on
            customers.customer_id = purchases.customer_id
            and customers.anchor_date <= purchases.order_date
    inner join scoring
        on purchases.order_date < scoring.anchor_date
    group by customers.customer_id, customers.anchor_date, purchases.order_date

),

next_orders as (

    select
        customer_id,
        anchor_date,
        min(order_date) as next_order_date,
        {% for days in amount_horizons() -%}
        count(*) filter (where days_after_anchor < {{ days }})
            as count_order_days_next_{{ days }}d,
        sum(net_amount) filter (where days_after_anchor < {{ days }})
            as net_amount_next_{{ days }}d,
        {% endfor -%}
        min(days_after_anchor) as days_to_next_order
    from order_days
    group by customer_id, anchor_date

),

next_lines as (

    select
        next_orders.customer_id,
        next_orders.anchor_date,
        netted.category,
        netted.net_amount
    from next_orders
    inner join purchases
        on
            next_orders.customer_id = purchases.customer_id
            and next_orders.next_order_date = purchases.order_date
    inner join netted
        on purchases.order_id = netted.order_id
    where netted.net_amount > 0

),

next_categories as {{ favourite_of(
    'next_lines', 'category', weight='net_amount', plural='categories'
) }},

next_messages as (

    select
        customers.customer_id,
        customers.anchor_date,
        messages.sent_at,
        messages.clicked_at,
        messages.sent_at + interval '{{ response_days }}' day as answer_before_at
    from customers
    inner join messages
        on
            customers.customer_id = messages.customer_id
            and cast(customers.anchor_date as timestamp) <= messages.sent_at
            and cast(customers.anchor_date as timestamp)
            + interval '{{ horizon_days }}' day
            >= messages.sent_at + interval '{{ response_days }}' day
    qualify
        row_number() over (
            partition by customers.customer_id, customers.anchor_date
            order by messages.sent_at asc, messages.message_id asc
        ) = 1

),

responses as (

    select
        next_messages.customer_id,
        next_messages.anchor_date,
        coalesce(next_messages.clicked_at < next_messages.answer_before_at, false)
            as is_next_message_clicked,
        count(purchases.order_id) > 0 as is_next_message_bought
    from next_messages
    inner join scoring
        on next_messages.answer_before_at <= cast(scoring.anchor_date as timestamp)
    left join purchases
        on
            next_messages.customer_id = purchases.customer_id
            and next_messages.sent_at <= purchases.ordered_at
            and next_messages.answer_before_at > purchases.ordered_at
    group by
        next_messages.customer_id,
        next_messages.anchor_date,
        next_messages.clicked_at,
        next_messages.answer_before_at

)

select
    ---------- ids
    customers.customer_id,
    customers.anchor_date,
    customers.anchor_number,

    ---------- strings
    customers.anchor_role,
    next_categories.favourite_category as next_category,

    ---------- numerics
    customers.known_days,
    next_orders.days_to_next_order,
    {% for days in amount_horizons() -%}
    case
        when customers.known_days >= {{ days }}
            then coalesce(next_orders.count_order_days_next_{{ days }}d, 0)
    end as count_order_days_next_{{ days }}d,
    case
        when customers.known_days >= {{ days }}
            then cast(coalesce(next_orders.net_amount_next_{{ days }}d, 0) as double)
    end as net_amount_next_{{ days }}d,
    {% endfor %}
    ---------- booleans
    {% for days in purchase_horizons() -%}
    case
        when customers.known_days >= {{ days }}
            then coalesce(next_orders.days_to_next_order < {{ days }}, false)
    end as is_purchase_next_{{ days }}d,
    {% endfor -%}
    case
        when customers.known_days >= {{ horizon_days }} then {{ is_churned(
            'coalesce(next_orders.count_order_days_next_' ~ horizon_days ~ 'd, 0)'
        ) }}
    end as is_churned,
    responses.is_next_message_clicked,
    responses.is_next_message_bought
from customers
left join next_orders
    on
        customers.customer_id = next_orders.customer_id
        and customers.anchor_date = next_orders.anchor_date
left join next_categories
    on
        customers.customer_id = next_categories.customer_id
        and customers.anchor_date = next_categories.anchor_date
left join responses
    on
        customers.customer_id = responses.customer_id
        and customers.anchor_date = responses.anchor_date
