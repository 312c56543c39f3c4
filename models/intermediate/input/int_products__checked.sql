with

{{ accept_or_reject(
    'shop', 'products', rows=ref('stg_shop__products'),
    rejections={
        'product_id is missing': 'product_id is null',
        'unit_cost is negative': 'unit_cost < 0',
        'list_price is negative': 'list_price < 0',
    }
) }}
