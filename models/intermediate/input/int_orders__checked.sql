with

orders as (

    select * from {{ ref('stg_shop__orders') }}

),

{{ examined_orders() }},

{{ accept_or_reject(
    'shop', 'orders', rows='examined',
    extra=['is_sale', 'takes_back', 'is_credit_note', 'exchange_rate'],
    prefer='ordered_at asc nulls last, is_sale asc nulls last, is_anonymous asc',
    rejections=order_rejections()
) }}
