{{ config(materialized="view") }}

-- The rule of int_plausible_dates, over the days since the newest order known.
{%- set id_type = raw_bound_type('shop', 'order_lines', 'order_id') %}
with

known as (

    select * from {{ ref('int_live__known') }}

),

orders as (

    select
        try_cast(
            order_id as {{ id_type }}
        ) as raw_order_id,
        {{ read_text('order_id') }} as order_id,
        {{ read_text('customer_id') }} as customer_id,
        lower({{ read_text('status') }}) as status,
        upper({{ read_text('currency') }}) as currency,
        {{ read_timestamp('ordered_at') }} as ordered_at
    from {{ raw_table('shop', 'orders') }}
    where
        ordered_at >= {{ raw_bound(
            'read_from_at', ref('int_live__known'), 'shop', 'orders', 'ordered_at'
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

)

select
    ---------- ids: a range without any where there is no new order
    coalesce(new_rows.first_order_id, cast('1' as {{ id_type }})) as first_order_id,
    coalesce(new_rows.last_order_id, cast('0' as {{ id_type }})) as last_order_id,

    ---------- dates
    greatest(
        known.anchor_date,
        coalesce(
            cast(new_rows.last_order_date + interval '1' day as date),
            known.anchor_date
        )
    ) as as_of_date,

    ---------- timestamps
    cast('{{ var("earliest_valid_date") }}' as timestamp) as earliest_at,
    known.newest_ordered_at,
    cast(
        coalesce(new_rows.orders_before_date, cast('9999-12-31' as date)) as timestamp
    ) as orders_before_at
from known
cross join new_rows
