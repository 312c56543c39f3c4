-- Expected orders and spend by horizon, each with the interval of its value band.
-- Horizons are learned apart; a longer one never has less than a shorter one.
with

amounts as (

    select * from {{ ref('ml_customers__amounts') }}

),

fits as (

    select * from {{ ref('int_fits__serving') }}

),

intervals as (

    select * from {{ ref('int_fits__intervals') }}

),

coherent as (

    select
        amounts.customer_id,
        amounts.target,
        amounts.purchase_model,
        amounts.spend_model,
        fits.fit_id,
        fits.champion,
        fits.is_baseline,
        fits.horizon_days,
        amounts.expected_order_amount,
        amounts.expected_net_amount as learned_net_amount,
        {% for amount in [
            'expected_orders', 'expected_net_amount', 'discounted_net_amount'
        ] -%}
        max(amounts.{{ amount }}) over (
            partition by amounts.customer_id
            order by fits.horizon_days
            rows between unbounded preceding and current row
        ) as {{ amount }},
        {% endfor -%}
        amounts.alive_probability
    from amounts
    inner join fits
        on amounts.target = fits.target

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
    coherent.expected_orders,
    coalesce(
        coherent.expected_net_amount / nullif(coherent.expected_orders, 0),
        coherent.expected_order_amount
    ) as expected_order_amount,
    coherent.learned_net_amount,
    coherent.expected_net_amount,
    coherent.expected_orders * intervals.orders_p10_ratio as orders_p10,
    coherent.expected_orders * intervals.orders_p90_ratio as orders_p90,
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
