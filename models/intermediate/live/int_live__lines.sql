{{ config(materialized=live_materialization()) }}

-- New rows are read and judged as the build does it. Only the rule of
-- int_plausible_dates needs all new rows; the rest works by customer.
{%- set id_type = raw_bound_type('shop', 'order_lines', 'order_id') %}
with

known as (

    select * from {{ ref('int_live__known') }}

),

orders as (

    select
        try_cast(order_id as {{ id_type }}) as raw_order_id,
        {{ read_order_id('orders') }} as order_id,
        {{ read_customer_id('customer_id') }} as customer_id,
        {{ read_status() }} as status,
        {{ read_currency() }} as currency,
        {{ read_timestamp('ordered_at') }} as ordered_at,
        {{ input_quality('shop', 'orders') }}
    from {{ raw_table('shop', 'orders') }}
    where
        {{ may_be_after(
            'read_from', ref('int_live__known'), 'shop', 'orders', 'ordered_at'
        ) }}

),

{{ examined_orders() }},

new_days as (

    select
        cast(examined.ordered_at as date) as order_date,
        known.count_orders as count_known_orders,
        known.newest_ordered_at,
        count(*) as count_orders,
        count(*) filter (
            where
            examined.order_id is not null
            and examined.is_sale is not null
            and examined.exchange_rate is not null
        ) as count_valid_orders,
        min(examined.raw_order_id) as first_order_id,
        max(examined.raw_order_id) as last_order_id
    from examined
    inner join known
        on examined.ordered_at > known.newest_ordered_at
    group by
        cast(examined.ordered_at as date), known.count_orders, known.newest_ordered_at

),

silences as (

    select
        order_date,
        count_valid_orders,
        first_order_id,
        last_order_id,
        {{ dbt.datediff(
            'coalesce(
                lag(order_date) over (order by order_date),
                cast(newest_ordered_at as date)
            )',
            'order_date',
            'day'
        ) }} as silent_days,
        sum(count_orders) over (order by order_date desc) as count_orders_from_here,
        sum(count_orders) over () + count_known_orders as count_orders
    from new_days

),

plausible as (

    select
        *,
        max(case when {{ is_implausible_silence() }} then 1 else 0 end) over (
            order by order_date
            rows between unbounded preceding and current row
        ) = 0 as is_plausible
    from silences

),

new_rows as (

    select
        min(order_date) filter (where not is_plausible) as orders_before_date,
        max(order_date) filter (where is_plausible and count_valid_orders > 0)
            as last_order_date,
        min(first_order_id) filter (where is_plausible) as first_order_id,
        max(last_order_id) filter (where is_plausible) as last_order_id
    from plausible

),

bounds as (

    select
        -- an empty range if there is no new order
        coalesce(new_rows.first_order_id, cast('1' as {{ id_type }})) as first_order_id,
        coalesce(new_rows.last_order_id, cast('0' as {{ id_type }})) as last_order_id,
        greatest(
            known.anchor_date,
            coalesce(
                cast(new_rows.last_order_date + interval '1' day as date),
                known.anchor_date
            )
        ) as as_of_date,
        cast('{{ setting("earliest_valid_date") }}' as timestamp) as earliest_at,
        known.newest_ordered_at,
        cast(
            coalesce(new_rows.orders_before_date, cast('9999-12-31' as date)) as timestamp
        ) as orders_before_at
    from known
    cross join new_rows

),

judged_orders as (

    select
        examined.*,
        {{ has_no_rejection(order_rejections()) }} as is_acceptable
    from examined
    inner join bounds
        on examined.ordered_at > bounds.newest_ordered_at

),

new_orders as (

    select * from judged_orders
    where customer_id is not null
    qualify
        is_acceptable and row_number() over (
            partition by customer_id, order_id
            order by
                is_acceptable desc, ordered_at asc, is_sale asc, status asc, currency asc
        ) = 1

),

order_lines as (

    select
        {{ read_order_id('order_lines') }} as order_id,
        {{ read_id('product_id') }} as product_id,
        {{ read_integer('line_number') }} as line_number,
        {{ read_number('quantity') }} as quantity,
        {{ read_price('unit_price') }} as unit_price,
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
        new_orders.exchange_rate,
        new_orders.is_credit_note,
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
        {{ has_no_rejection(order_line_rejections()) }} as is_acceptable
    from examined_lines

),

new_lines as (

    select * from judged_lines
    qualify
        is_acceptable and row_number() over (
            partition by customer_id, order_id, line_number
            order by
                is_acceptable desc, product_id asc, quantity asc, unit_price asc,
                discount_amount asc nulls last
        ) = 1

),

-- an order without lines, or with lines that are no sale, makes its customer known too
came as (

    select
        orders.customer_id,
        orders.order_id,
        new_lines.line_number,
        new_lines.product_id,
        orders.currency,
        case
            when {{ gives_back('new_lines') }} then greatest(-new_lines.quantity, 0)
            when {{ is_sold('new_lines') }} then new_lines.quantity
        end as quantity,
        case
            when {{ gives_back('new_lines') }} then {{ credit_of_line('new_lines') }}
            when {{ is_sold('new_lines') }} then {{ net_of_line('new_lines') }}
        end as amount_as_written,
        case
            when {{ gives_back('new_lines') }} then true
            when {{ is_sold('new_lines') }} then false
        end as is_return,
        orders.exchange_rate,
        orders.ordered_at
    from new_orders as orders
    left join new_lines
        on
            orders.customer_id = new_lines.customer_id
            and orders.order_id = new_lines.order_id

),

converted as (

    select
        customer_id,
        order_id,
        line_number,
        product_id,
        currency,
        quantity,
        cast(amount_as_written as double) / nullif(quantity, 0) as unit_amount,
        {{ reporting_amount('orders.amount_as_written') }} as amount,
        is_return,
        ordered_at
    from came as orders

),

lines as (

    select
        customer_id,
        cast(null as {{ dbt.type_string() }}) as order_id,
        cast(null as bigint) as line_number,
        cast(null as {{ dbt.type_string() }}) as product_id,
        cast(null as {{ dbt.type_string() }}) as currency,
        cast(null as decimal(18, 4)) as quantity,
        cast(null as double) as unit_amount,
        cast(null as decimal(18, 4)) as amount,
        cast(null as decimal(18, 4)) as kept_amount,
        cast(null as boolean) as is_return,
        false as is_new,
        cast(null as timestamp) as ordered_at
    from {{ ref('int_live__customers') }}

    union all

    select
        customer_id,
        order_id,
        line_number,
        product_id,
        currency,
        quantity,
        unit_amount,
        amount,
        kept_amount,
        is_return,
        false as is_new,
        ordered_at
    from {{ ref('int_live__known_lines') }}

    union all

    select
        customer_id,
        order_id,
        line_number,
        product_id,
        currency,
        quantity,
        unit_amount,
        amount,
        case when is_return then 0 else amount end as kept_amount,
        is_return,
        true as is_new,
        ordered_at
    from converted

),

marked as (

    select
        *,
        max(case when is_new and is_return then 1 else 0 end) over (
            partition by customer_id
        ) = 1 as has_new_returns
    from lines

)

select
    marked.*,
    marked.has_new_returns and not marked.is_return as is_matched_sale,
    marked.has_new_returns and marked.is_return as is_matched_return,
    bounds.as_of_date
from marked
cross join bounds
