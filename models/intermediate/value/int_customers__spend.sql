-- Expected orders and spend by horizon, each with the interval of its value band.
-- Horizons are learned separately and are made to agree here. Expected orders are never
-- below the purchase probability (as far as the longest horizon expects as many) and
-- never below those of a shorter horizon. Where an order is likelier than one in ten,
-- the upper end of the interval is at least one order.
with

amounts as (

    select * from {{ ref('ml_customers__amounts') }}

),

fits as (

    select * from {{ ref('int_fits__serving_values') }}

),

intervals as (

    select * from {{ ref('int_fits__value_intervals') }}

),

purchase_probabilities as (

    select * from {{ ref('int_customers__purchase_probabilities') }}

),

floored as (

    select
        amounts.*,
        fits.fit_id,
        fits.champion,
        fits.is_baseline,
        fits.horizon_days,
        coalesce(purchase_probabilities.purchase_probability, 0)
            as purchase_probability,
        least(
            coalesce(purchase_probabilities.purchase_probability, 0),
            max(amounts.expected_order_days) over (partition by amounts.customer_id)
        ) as least_orders
    from amounts
    inner join fits
        on amounts.target = fits.target
    left join purchase_probabilities
        on
            amounts.customer_id = purchase_probabilities.customer_id
            and fits.horizon_days = purchase_probabilities.horizon_days

),

raised as (

    select
        *,
        -- customers with no expected orders by a naive rule keep none
        case
            when expected_order_days > 0 and expected_order_days < least_orders
                then least_orders / expected_order_days
            else 1
        end as raise_factor
    from floored

),

coherent as (

    select
        customer_id,
        target,
        purchase_model,
        spend_model,
        fit_id,
        champion,
        is_baseline,
        horizon_days,
        purchase_probability,
        expected_order_amount,
        expected_net_amount as learned_net_amount,
        {% for amount in [
            'expected_order_days', 'expected_net_amount', 'discounted_net_amount'
        ] -%}
        max({{ amount }} * raise_factor) over (
            partition by customer_id
            order by horizon_days
            rows between unbounded preceding and current row
        ) as {{ amount }},
        {% endfor -%}
        alive_probability
    from raised

)

select
    ---------- ids
    coherent.customer_id,
    coherent.fit_id,

    ---------- strings
    coherent.target,
    coherent.champion,
    coherent.purchase_model,
    coherent.spend_model,
    intervals.value_band,

    ---------- numerics
    coherent.horizon_days,
    coherent.expected_order_days,
    coalesce(
        coherent.expected_net_amount / nullif(coherent.expected_order_days, 0),
        coherent.expected_order_amount
    ) as expected_order_amount,
    coherent.learned_net_amount,
    coherent.expected_net_amount,
    coherent.expected_order_days * intervals.orders_p10_ratio as order_days_p10,
    case
        when intervals.orders_p90_ratio is not null
            then
                greatest(
                    coherent.expected_order_days * intervals.orders_p90_ratio,
                    case when coherent.purchase_probability > 0.1 then 1 else 0 end
                )
    end as order_days_p90,
    coherent.expected_net_amount * intervals.amount_p10_ratio as net_amount_p10,
    coherent.expected_net_amount * intervals.amount_p90_ratio as net_amount_p90,
    coherent.discounted_net_amount,
    coherent.alive_probability,

    ---------- booleans
    coherent.is_baseline
from coherent
left join intervals
    on
        coherent.target = intervals.target
        and coherent.expected_net_amount > intervals.from_amount
        and coherent.expected_net_amount <= intervals.until_amount
