-- A shorter horizon never has a higher purchase probability or expects more.
with

forecasts as (

    select * from {{ ref('fct_customer_forecasts') }}

)

select
    shorter.customer_id,
    shorter.horizon_days as shorter_days,
    longer.horizon_days as longer_days,
    shorter.purchase_probability as shorter_probability,
    longer.purchase_probability as longer_probability,
    shorter.expected_order_days as shorter_orders,
    longer.expected_order_days as longer_orders,
    shorter.expected_net_amount as shorter_amount,
    longer.expected_net_amount as longer_amount
from forecasts as shorter
inner join forecasts as longer
    on
        shorter.customer_id = longer.customer_id
        and shorter.horizon_days < longer.horizon_days
where
    shorter.purchase_probability > longer.purchase_probability
    or shorter.expected_order_days > longer.expected_order_days
    or shorter.expected_net_amount > longer.expected_net_amount
