-- From when to when each customer agreed to be addressed, and refused: the latest record
-- wins, and of two at one time the refusal. A consent that names no channel is for all
-- channels of its purpose. An unsubscribe refuses marketing in the channel of its
-- message.
with

consents as (

    select * from {{ ref('int_consents__checked') }}
    where is_accepted

),

messages as (

    select * from {{ ref('int_messages__checked') }}
    where is_accepted and unsubscribed_at is not null

),

customers as (

    select * from {{ ref('int_customers__checked') }}
    where is_accepted

),

defaults as (

    select * from {{ ref('consent_defaults') }}
    where is_granted

),

named as (

    select
        customer_id,
        lower(purpose) as purpose,
        channel,
        recorded_at,
        is_granted
    from consents

    union all

    select
        customer_id,
        'marketing' as purpose,
        channel,
        unsubscribed_at as recorded_at,
        false as is_granted
    from messages

    union all

    select
        customers.customer_id,
        lower(defaults.purpose) as purpose,
        lower(defaults.channel) as channel,
        cast('1900-01-01' as timestamp) as recorded_at,
        true as is_granted
    from customers
    inner join defaults
        on upper(customers.country) = upper(defaults.country)

),

channels as (

    select distinct
        purpose,
        channel
    from named
    where channel is not null

),

records as (

    select
        named.customer_id,
        named.purpose,
        coalesce(named.channel, channels.channel) as channel,
        named.recorded_at as valid_from,
        min(case when named.is_granted then 1 else 0 end) = 1 as is_granted
    from named
    left join channels
        on
            named.purpose = channels.purpose
            and named.channel is null
    where coalesce(named.channel, channels.channel) is not null
    group by
        named.customer_id,
        named.purpose,
        coalesce(named.channel, channels.channel),
        named.recorded_at

)

select
    ---------- ids
    customer_id,

    ---------- strings
    purpose,
    channel,

    ---------- booleans
    is_granted,

    ---------- timestamps
    valid_from,
    lead(valid_from) over (
        partition by customer_id, purpose, channel
        order by valid_from
    ) as valid_to
from records
