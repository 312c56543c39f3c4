with

raw_messages as (

    select * from {{ raw_table('crm', 'messages') }}

),

typed as (

    select
        ---------- ids
        {{ read_id('message_id') }} as message_id,
        {{ read_customer_id('customer_id') }} as customer_id,
        {{ read_id('campaign_id') }} as campaign_id,

        ---------- strings
        lower({{ read_text('channel') }}) as channel,

        ---------- timestamps
        {{ read_timestamp('sent_at') }} as sent_at,
        {{ read_timestamp('opened_at') }} as opened_at,
        {{ read_timestamp('clicked_at') }} as clicked_at,
        {{ read_timestamp('unsubscribed_at') }} as unsubscribed_at,

        ---------- input quality
        {{ input_quality('crm', 'messages') }}

    from raw_messages

)

select * from typed
