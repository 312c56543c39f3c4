with

inventory as (

    select * from {{ ref('stg_shop__inventory') }}

),

products as (

    select product_id
    from {{ ref('int_products__checked') }}
    where is_accepted

),

examined as (

    select
        inventory.*,
        products.product_id is not null as has_product
    from inventory
    left join products
        on inventory.product_id = products.product_id

),

{{ accept_or_reject(
    'shop', 'inventory', rows='examined',
    rejections=dict(date_rejections('counted_at'), **{
        'product_id is missing': 'product_id is null',
        'product_id is not in products': 'product_id is not null and not has_product',
        'on_hand_quantity is missing':
            'on_hand_quantity is null and ' ~ is_not_unreadable('on_hand_quantity'),
        'on_hand_quantity is negative': 'on_hand_quantity < 0',
        'lead_time_days is negative': 'lead_time_days < 0',
    })
) }}
