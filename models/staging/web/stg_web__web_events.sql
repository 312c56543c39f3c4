with

raw_web_events as (

    select * from {{ raw_table('web', 'web_events') }}

),

typed as (

    select
        ---------- ids
        {{ read_id('event_id') }} as event_id,
        {{ read_customer_id('customer_id') }} as customer_id,
        {{ read_id('anonymous_id') }} as anonymous_id,
        {{ read_id('session_id') }} as session_id,
        {{ read_id('product_id') }} as product_id,

        ---------- strings
        lower({{ read_text('event_type') }}) as event_type,
        lower({{ read_text('device') }}) as device,
        {{ read_text('page') }} as page,

        ---------- timestamps
        {{ read_timestamp('occurred_at') }} as occurred_at,

        ---------- input quality
        {{ input_quality('web', 'web_events') }}

    from raw_web_events

)

select * from typed
