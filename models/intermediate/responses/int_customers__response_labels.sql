-- Whether the customer responded to the next message after a past anchor, by a click or
-- an order. A label is null where there was no message, or where its response days
-- reach beyond the scoring anchor, because it is not known yet.
{%- set horizon_days = setting('horizon_days') %}
{%- set response_days = setting('response_days') %}
with

customers as (

    select * from {{ ref('int_customers__past_anchors') }}

),

messages as (

    select * from {{ ref('int_messages__checked') }}
    where is_accepted

),

purchases as (

    select * from {{ ref('int_orders__purchases') }}

),

scoring as (

    select anchor_date from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

),

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

    ---------- booleans
    responses.is_next_message_clicked,
    responses.is_next_message_bought
from customers
left join responses
    on
        customers.customer_id = responses.customer_id
        and customers.anchor_date = responses.anchor_date
