with

raw_inventory as (

    select * from {{ raw_table('shop', 'inventory') }}

),

typed as (

    select
        ---------- ids
        {{ read_id('product_id') }} as product_id,

        ---------- numerics
        {{ read_number('on_hand_quantity') }} as on_hand_quantity,
        {{ read_integer('lead_time_days') }} as lead_time_days,

        ---------- timestamps
        {{ read_timestamp('counted_at') }} as counted_at,

        ---------- input quality
        {{ input_quality('shop', 'inventory') }}

    from raw_inventory

)

select * from typed
