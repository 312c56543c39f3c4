with

raw_consents as (

    select * from {{ raw_table('privacy', 'consents') }}

),

typed as (

    select
        ---------- ids
        {{ read_customer_id('customer_id') }} as customer_id,

        ---------- strings
        {{ read_text('purpose') }} as purpose,
        lower({{ read_text('channel') }}) as channel,

        ---------- booleans
        {{ read_boolean('is_granted') }} as is_granted,

        ---------- timestamps
        {{ read_timestamp('recorded_at') }} as recorded_at,

        ---------- input quality
        {{ input_quality('privacy', 'consents') }}

    from raw_consents

)

select * from typed
