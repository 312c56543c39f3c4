-- The expected number of orders is at least the probability of one order, unless the
-- longest horizon itself expects fewer. Where that probability is above a tenth, the 90th
-- percentile is at least one order.
with

forecasts as (

    select
        *,
        max(expected_order_days) over (partition by customer_id) as most_orders
    from {{ ref('fct_customer_forecasts') }}

)

select
    customer_id,
    horizon_days,
    purchase_probability,
    expected_order_days,
    most_orders,
    order_days_p90
from forecasts
where
    (
        expected_order_days > 0
        and expected_order_days < least(purchase_probability, most_orders) - 1e-4
    )
    or (purchase_probability > 0.1 and order_days_p90 < 1)
