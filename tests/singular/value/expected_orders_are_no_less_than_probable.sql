-- The expected number of orders is at least the probability of one order, unless the
-- longest horizon itself expects fewer. Where that probability is above a tenth, the 90th
-- percentile is at least one order.
with

forecasts as (

    select
        *,
        max(expected_orders) over (partition by customer_id) as most_orders
    from {{ ref('fct_customer_forecasts') }}

)

select
    customer_id,
    horizon_days,
    purchase_probability,
    expected_orders,
    most_orders,
    orders_p90
from forecasts
where
    (
        expected_orders > 0
        and expected_orders < least(purchase_probability, most_orders) - 1e-4
    )
    or (purchase_probability > 0.1 and orders_p90 < 1)
