{{ config(materialized="view") }}

-- New rows are read and judged as the build does it.
with

bounds as (

    select * from {{ ref('int_live__bounds') }}

),

orders as (

    select
        {{ read_text('order_id') }} as order_id,
        {{ read_text('customer_id') }} as customer_id,
        lower({{ read_text('status') }}) as status,
        upper({{ read_text('currency') }}) as currency,
        {{ read_timestamp('ordered_at') }} as ordered_at,
        {{ input_quality('shop', 'orders') }}
    from {{ raw_table('shop', 'orders') }}
    where
        ordered_at >= {{ raw_bound(
            'read_from_at', ref('int_live__known'), 'shop', 'orders', 'ordered_at'
        ) }}

),

{{ examined_orders() }},

judged_orders as (

    select
        examined.*,
        {{ has_no_fault(order_faults()) }} as is_faultless
    from examined
    inner join bounds
        on examined.ordered_at > bounds.newest_ordered_at

),

new_orders as (

    select * from judged_orders
    where customer_id is not null
    qualify
        is_faultless and row_number() over (
            partition by customer_id, order_id
            order by
                is_faultless desc, ordered_at asc, is_sale asc, status asc, currency asc
        ) = 1

),

order_lines as (

    select
        {{ read_text('order_id') }} as order_id,
        {{ read_text('product_id') }} as product_id,
        {{ read_integer('line_number') }} as line_number,
        {{ read_number('quantity') }} as quantity,
        {{ read_number('unit_price') }} as unit_price,
        {{ read_number('discount_amount') }} as discount_amount,
        {{ input_quality('shop', 'order_lines') }}
    from {{ raw_table('shop', 'order_lines') }}
    where
        order_id >= (select bounds.first_order_id from bounds)
        and order_id <= (select bounds.last_order_id from bounds)

),

examined_lines as (

    select
        order_lines.*,
        new_orders.customer_id,
        new_orders.ordered_at,
        new_orders.is_sale,
        new_orders.takes_back,
        new_orders.exchange_rate,
        true as has_order,
        false as has_rejected_order,
        {{ line_amount() }} as line_amount
    from order_lines
    inner join new_orders
        on order_lines.order_id = new_orders.order_id

),

judged_lines as (

    select
        *,
        {{ has_no_fault(order_line_faults()) }} as is_faultless
    from examined_lines

),

new_lines as (

    select * from judged_lines
    qualify
        is_faultless and row_number() over (
            partition by customer_id, order_id, line_number
            order by
                is_faultless desc, product_id asc, quantity asc, unit_price asc,
                discount_amount asc nulls last
        ) = 1

),

-- an order without lines makes its customer known all the same; units returned are less
-- than 0
came as (

    select
        orders.customer_id,
        orders.order_id,
        new_lines.line_number,
        new_lines.product_id,
        case
            when new_lines.quantity > 0 and orders.is_sale then new_lines.quantity
            when new_lines.quantity < 0 and orders.takes_back then new_lines.quantity
            else 0
        end as quantity,
        {{ reporting_amount(
            'new_lines.line_amount - coalesce(new_lines.discount_amount, 0)'
        ) }} as net_amount,
        orders.ordered_at
    from new_orders as orders
    left join new_lines
        on
            orders.customer_id = new_lines.customer_id
            and orders.order_id = new_lines.order_id

),

lines as (

    select
        customer_id,
        cast(null as {{ dbt.type_string() }}) as order_id,
        cast(null as bigint) as line_number,
        cast(null as {{ dbt.type_string() }}) as product_id,
        cast(null as decimal(18, 4)) as sold_quantity,
        cast(null as decimal(18, 4)) as sold_net_amount,
        cast(0 as decimal(18, 4)) as quantity,
        cast(0 as decimal(18, 4)) as net_amount,
        cast(null as timestamp) as ordered_at
    from {{ ref('int_live__customers') }}

    union all

    select
        customer_id,
        order_id,
        line_number,
        product_id,
        sold_quantity,
        sold_net_amount,
        quantity,
        net_amount,
        ordered_at
    from {{ ref('int_live__known_lines') }}

    union all

    select
        customer_id,
        order_id,
        line_number,
        product_id,
        quantity as sold_quantity,
        net_amount as sold_net_amount,
        quantity,
        net_amount,
        ordered_at
    from came

)

select
    lines.*,
    bounds.as_of_date
from lines
cross join bounds
