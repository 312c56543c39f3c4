{{ config(materialized="view") }}

-- One chain of steps, each by customer, so that a filter on one customer reaches the
-- tables at its start. A step read by two others would stop the filter.
--
-- Units form a stack, as in int_returns__matched: the units of a sale that are kept lie
-- below the lowest height to which the stack falls afterwards. So does the money of the
-- customer, from which a refund of money alone takes the latest.
{%- set counts = [
    'count_orders', 'count_order_days', 'lifetime_net_amount',
    'count_orders_90d', 'net_amount_90d', 'count_orders_365d', 'net_amount_365d',
] %}
{%- set in_turn = 'ordered_at, case when quantity < 0 or credited_amount > 0'
    ~ ' then 1 else 0 end, order_id, line_number' %}
with

lines as (

    select * from {{ ref('int_live__lines') }}

),

priced as (

    select
        *,
        min(case when sold_net_amount > 0 then sold_net_amount / sold_quantity end) over (
            partition by customer_id, product_id
            order by
                {{ in_turn }}
            rows between unbounded preceding and current row
        ) as lowest_unit_price
    from lines

),

moved as (

    select
        * replace (case when is_refund then 0 else quantity end as quantity),
        case when is_refund then credited_amount else 0 end as refunded_amount
    from (  -- noqa: AL10
        select
            *,
            coalesce(
                credited_amount > 0 and (
                    quantity = 0
                    or credited_amount / -quantity <= lowest_unit_price - 0.01
                ),
                false
            ) as is_refund
        from priced
    )

),

stacked as (

    select
        *,
        sum(quantity) over (
            partition by customer_id, product_id
            order by
                {{ in_turn }}
            rows between unbounded preceding and current row
        ) as top_units
    from moved

),

levelled as (

    select
        *,
        min(top_units) over (
            partition by customer_id, product_id
            order by
                {{ in_turn }}
            rows between current row and unbounded following
        ) as lowest_units
    from stacked

),

netted as (

    select
        *,
        least(greatest(top_units - lowest_units, 0), quantity) as returned_quantity
    from levelled

),

kept as (

    select
        *,
        case
            when quantity > 0 and quantity > returned_quantity
                then
                    net_amount - cast(
                        sold_net_amount * (returned_quantity / nullif(sold_quantity, 0))
                        as decimal(18, 4)
                    )
            -- goods that came back for less than their price
            when quantity = 0 and sold_quantity > 0 then net_amount
        end as kept_amount
    from netted

),

paid as (

    select
        *,
        sum(coalesce(kept_amount, 0) - refunded_amount) over (
            partition by customer_id
            order by
                {{ in_turn }}
            rows between unbounded preceding and current row
        ) as top_amount
    from kept

),

refunded as (

    select
        *,
        greatest(top_amount - min(top_amount) over (
            partition by customer_id
            order by
                {{ in_turn }}
            rows between current row and unbounded following
        ), 0) as taken_amount
    from paid

),

orders as (

    select
        customer_id,
        as_of_date,
        order_id,
        max(cast(ordered_at as date)) as order_date,
        sum(kept_amount - least(taken_amount, kept_amount)) as net_amount
    from refunded
    group by customer_id, as_of_date, order_id

),

judged as (

    select
        *,
        coalesce({{ is_purchase('net_amount') }}, false) as is_purchase
    from orders

),

purchases as (

    select
        *,
        {{ dbt.datediff('order_date', 'as_of_date', 'day') }} as days_before, -- noqa: LT05
        lag(order_date) over (
            partition by customer_id, is_purchase
            order by order_date, order_id
        ) as order_date_before
    from judged

),

gaps as (

    select
        *,
        {{ dbt.datediff('order_date_before', 'order_date', 'day') }} as gap_days -- noqa: LT05
    from purchases

),

totals as (

    select
        customer_id,
        as_of_date,
        min(days_before) filter (where is_purchase) as days_since_last_order,
        max(days_before) filter (where is_purchase) as days_since_first_order,
        count(*) filter (where is_purchase) as count_orders,
        count(distinct order_date) filter (where is_purchase) as count_order_days,
        sum(net_amount) filter (where is_purchase) as lifetime_net_amount,
        -- a gap of 0 lies within a day
        max_by(gap_days, order_date) filter (where is_purchase and gap_days > 0)
            as last_gap_days,
        {% for days in [90, 365] -%}
        count(*) filter (where is_purchase and days_before <= {{ days }})
            as count_orders_{{ days }}d,
        sum(net_amount) filter (where is_purchase and days_before <= {{ days }})
            as net_amount_{{ days }}d,
        {% endfor -%}
        sum(gap_days) filter (where is_purchase) as sum_gap_days
    from gaps
    group by customer_id, as_of_date

),

features as (

    select
        *,
        cast(lifetime_net_amount as double) / nullif(count_orders, 0)
            as avg_order_amount,
        cast(sum_gap_days as double) / nullif(count_order_days - 1, 0)
            as avg_days_between_orders
    from totals

)

select
    ---------- ids
    features.customer_id,

    ---------- numerics
    {% for feature in live_features() -%}
    {% if feature in counts -%}
    coalesce(features.{{ feature }}, 0) as {{ feature }},
    {% else -%}
    features.{{ feature }},
    {% endif -%}
    {% endfor -%}
    {% for feature in stale_cluster_features() -%}
    known_customers.{{ feature }},
    {% endfor -%}
    {% for metric in rfm_metrics() -%}
    known_customers.earlier_sticky_{{ metric }}_score,
    {% endfor %}
    ---------- dates
    features.as_of_date
from features
left join {{ ref('int_live__customers') }} as known_customers
    on features.customer_id = known_customers.customer_id
