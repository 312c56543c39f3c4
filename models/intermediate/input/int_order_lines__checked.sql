with

order_lines as (

    select * from {{ ref('stg_shop__order_lines') }}

),

accepted_orders as (

    select order_id
    from {{ ref('int_orders__checked') }}
    where is_accepted

),

rejected_orders as (

    select distinct order_id
    from {{ ref('int_orders__checked') }}
    where not is_accepted and order_id is not null

),

examined as (

    select
        order_lines.*,
        accepted_orders.order_id is not null as has_order,
        rejected_orders.order_id is not null as has_rejected_order,
        -- by way of doubles, since a product of decimals can overflow
        try_cast(
            cast(order_lines.quantity as double) * cast(order_lines.unit_price as double)
            as decimal(18, 4)
        ) as line_amount
    from order_lines
    left join accepted_orders
        on order_lines.order_id = accepted_orders.order_id
    left join rejected_orders
        on order_lines.order_id = rejected_orders.order_id

),

{{ accept_or_reject(
    'shop', 'order_lines', rows='examined', extra=['line_amount'],
    faults={
        'order_id is missing': 'order_id is null',
        'order_id is not in orders':
            'order_id is not null and not has_order and not has_rejected_order',
        'its order was rejected': 'not has_order and has_rejected_order',
        'line_number is missing':
            'line_number is null and ' ~ is_not_unreadable('line_number'),
        'product_id is missing': 'product_id is null',
        'quantity is missing': 'quantity is null and ' ~ is_not_unreadable('quantity'),
        'quantity is zero': 'quantity = 0',
        'unit_price is missing':
            'unit_price is null and ' ~ is_not_unreadable('unit_price'),
        'unit_price is negative': 'unit_price < 0',
        'the amount is too large':
            'quantity is not null and unit_price is not null'
            ~ ' and coalesce(abs(line_amount), 1e11) >= 1e11',
        'discount_amount is negative': 'quantity > 0 and discount_amount < 0',
        'discount_amount is greater than the amount of the line':
            'quantity > 0 and unit_price >= 0 and discount_amount > line_amount',
    }
) }}
