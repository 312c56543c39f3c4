with

raw_order_lines as (

    select * from {{ raw_table('shop', 'order_lines') }}

),

typed as (

    select
        ---------- ids
        {{ read_order_id('order_lines') }} as order_id,
        {{ read_id('product_id') }} as product_id,

        ---------- numerics
        {{ read_integer('line_number') }} as line_number,
        {{ read_number('quantity') }} as quantity,
        {{ read_price('unit_price') }} as unit_price,
        {{ read_number('discount_amount') }} as discount_amount,

        ---------- input quality
        {{ input_quality('shop', 'order_lines') }}

    from raw_order_lines

)

select * from typed
