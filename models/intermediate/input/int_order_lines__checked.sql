with

order_lines as (

    select * from {{ ref('stg_shop__order_lines') }}

),

accepted_orders as (

    select
        order_id,
        is_credit_note,
        exchange_rate
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
        accepted_orders.is_credit_note,
        accepted_orders.exchange_rate,
        {{ line_amount() }} as line_amount
    from order_lines
    left join accepted_orders
        on order_lines.order_id = accepted_orders.order_id
    left join rejected_orders
        on order_lines.order_id = rejected_orders.order_id

),

{{ accept_or_reject(
    'shop', 'order_lines', rows='examined', extra=['line_amount', 'exchange_rate'],
    rejections=order_line_rejections()
) }}
