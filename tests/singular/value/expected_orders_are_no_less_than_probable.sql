-- The expected number of orders is at least the probability of one, as far as the longest
-- horizon expects as many; and where that is more than a tenth, the 90th percentile is an
-- order at least.
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
