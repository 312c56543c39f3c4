-- Each interval contains the expected amount; readers would take any other for an error.
with

forecasts as (

    select
        customer_id,
        horizon_days,
        expected_net_amount,
        net_amount_p10,
        net_amount_p90,
        expected_order_days,
        order_days_p10,
        order_days_p90,
        spend_served_by
    from {{ ref('fct_customer_forecasts') }}

    union all

    select
        customer_id,
        horizon_days,
        expected_net_amount,
        net_amount_p10,
        net_amount_p90,
        expected_order_days,
        order_days_p10,
        order_days_p90,
        served_by as spend_served_by
    from {{ ref('fct_customer_value') }}

),

-- where the fit has intervals, every customer must have one
with_intervals as (

    select distinct fits.horizon_days
    from {{ ref('int_fits__value_intervals') }} as intervals
    inner join {{ ref('int_fits__serving') }} as fits
        on intervals.fit_id = fits.fit_id

)

select forecasts.*
from forecasts
left join with_intervals
    on forecasts.horizon_days = with_intervals.horizon_days
where
    forecasts.net_amount_p10 > forecasts.expected_net_amount
    or forecasts.net_amount_p90 < forecasts.expected_net_amount
    or forecasts.order_days_p10 > forecasts.expected_order_days
    or forecasts.order_days_p90 < forecasts.expected_order_days
    or (
        with_intervals.horizon_days is not null
        and forecasts.spend_served_by <> 'none'
        and (forecasts.net_amount_p10 is null or forecasts.order_days_p90 is null)
    )
