with

raw_erasure_requests as (

    select * from {{ raw_table('privacy', 'erasure_requests') }}

),

typed as (

    select
        ---------- ids
        {{ read_customer_id('customer_id') }} as customer_id,

        ---------- timestamps
        {{ read_timestamp('requested_at') }} as requested_at,

        ---------- input quality
        {{ input_quality('privacy', 'erasure_requests') }}

    from raw_erasure_requests

)

select * from typed
