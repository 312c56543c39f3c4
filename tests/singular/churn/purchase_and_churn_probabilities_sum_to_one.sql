-- On the same horizon a customer either buys or churns, so two dashboards that show one
-- each must not contradict each other. Rounding may make a difference of a millionth.
select
    churn.customer_id,
    churn.churn_probability,
    forecasts.purchase_probability
from {{ ref('fct_customer_churn') }} as churn
left join {{ ref('fct_customer_forecasts') }} as forecasts
    on
        churn.customer_id = forecasts.customer_id
        and churn.horizon_days = forecasts.horizon_days
where
    coalesce(
        abs(churn.churn_probability + forecasts.purchase_probability - 1) > 0.0000011,
        churn.churn_probability is not null
        or forecasts.purchase_probability is not null
    )
