with

raw_orders as (

    select * from {{ raw_table('shop', 'orders') }}

),

typed as (

    select
        ---------- ids
        {{ read_order_id('orders') }} as order_id,
        {{ read_customer_id('customer_id') }} as customer_id,

        ---------- strings
        {{ read_status() }} as status,
        lower({{ read_text('channel') }}) as channel,
        {{ read_currency() }} as currency,
        {{ read_text('promotion_code') }} as promotion_code,

        ---------- timestamps
        {{ read_timestamp('ordered_at') }} as ordered_at,

        ---------- input quality
        {{ input_quality('shop', 'orders') }}

    from raw_orders

)

select * from typed
