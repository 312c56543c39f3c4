with

raw_support_tickets as (

    select * from {{ raw_table('feedback', 'support_tickets') }}

),

typed as (

    select
        ---------- ids
        {{ read_id('ticket_id') }} as ticket_id,
        {{ read_customer_id('customer_id') }} as customer_id,

        ---------- strings
        {{ read_text('topic') }} as topic,
        {{ read_text('body') }} as body,

        ---------- numerics
        {{ read_number('satisfaction') }} as satisfaction,

        ---------- timestamps
        {{ read_timestamp('opened_at') }} as opened_at,
        {{ read_timestamp('resolved_at') }} as resolved_at,

        ---------- input quality
        {{ input_quality('feedback', 'support_tickets') }}

    from raw_support_tickets

)

select * from typed
