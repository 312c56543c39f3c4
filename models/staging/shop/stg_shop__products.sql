with

raw_products as (

    select * from {{ raw_table('shop', 'products') }}

),

typed as (

    select
        ---------- ids
        {{ read_id('product_id') }} as product_id,

        ---------- strings
        {{ read_text('product_name') }} as product_name,
        {{ read_text('category') }} as category,

        ---------- numerics
        {{ read_number('unit_cost') }} as unit_cost,
        {{ read_number('list_price') }} as list_price,

        ---------- input quality
        {{ input_quality('shop', 'products') }}

    from raw_products

)

select * from typed
