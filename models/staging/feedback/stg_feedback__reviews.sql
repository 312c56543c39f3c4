with

raw_reviews as (

    select * from {{ raw_table('feedback', 'reviews') }}

),

typed as (

    select
        ---------- ids
        {{ read_id('review_id') }} as review_id,
        {{ read_customer_id('customer_id') }} as customer_id,
        {{ read_id('product_id') }} as product_id,

        ---------- strings
        {{ read_text('source') }} as source,
        lower({{ read_text('language') }}) as language,
        {{ read_text('body') }} as body,

        ---------- numerics
        {{ read_number('rating') }} as rating,

        ---------- timestamps
        {{ read_timestamp('created_at') }} as created_at,

        ---------- input quality
        {{ input_quality('feedback', 'reviews') }}

    from raw_reviews

)

select * from typed
