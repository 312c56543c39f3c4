-- Expected orders and spend by horizon, at the level of their value band and with its
-- interval, and what is spent if anything is bought.
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

levels as (

    select * from {{ ref('int_fits__value_levels') }}

),

intervals as (

    select * from {{ ref('int_fits__value_intervals') }}

),

purchase_probabilities as (

    select * from {{ ref('int_customers__purchase_probabilities') }}

),

-- a band's level; more of it where someone of a lower band would overtake
level_factors as (

    select
        amounts.*,
        case
            when levels.level is null then 1
            else
                greatest(
                    levels.level, levels.least_amount / amounts.expected_net_amount
                )
        end as level_factor
    from amounts
    left join levels
        on
            amounts.target = levels.target
            and amounts.expected_net_amount > greatest(levels.from_amount, 0)
            and amounts.expected_net_amount <= levels.until_amount

),

levelled as (

    select
        customer_id,
        target,
        purchase_model,
        spend_model,
        expected_order_amount,
        expected_net_amount as learned_net_amount,
        {% for amount in [
            'expected_order_days', 'expected_net_amount', 'discounted_net_amount'
        ] -%}
        {{ amount }} * level_factor as {{ amount }},
        {% endfor -%}
        alive_probability
    from level_factors

),

-- purchase probabilities at each horizon, and at the horizons before and after it
probabilities as (

    select
        purchase_probabilities.customer_id,
        fits.horizon_days,
        max(
            case
                when purchase_probabilities.horizon_days = fits.horizon_days
                    then purchase_probabilities.purchase_probability
            end
        ) as purchase_probability,
        max(
            case
                when purchase_probabilities.horizon_days < fits.horizon_days
                    then purchase_probabilities.purchase_probability
            end
        ) as shorter_probability,
        min(
            case
                when purchase_probabilities.horizon_days > fits.horizon_days
                    then purchase_probabilities.purchase_probability
            end
        ) as longer_probability
    from purchase_probabilities
    cross join fits
    group by purchase_probabilities.customer_id, fits.horizon_days

),

floored as (

    select
        levelled.*,
        fits.fit_id,
        fits.champion,
        fits.is_baseline,
        fits.horizon_days,
        probabilities.purchase_probability,
        probabilities.shorter_probability,
        probabilities.longer_probability,
        least(
            coalesce(probabilities.purchase_probability, 0),
            max(levelled.expected_order_days) over (partition by levelled.customer_id)
        ) as least_orders
    from levelled
    inner join fits
        on levelled.target = fits.target
    left join probabilities
        on
            levelled.customer_id = probabilities.customer_id
            and fits.horizon_days = probabilities.horizon_days

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
        shorter_probability,
        longer_probability,
        expected_order_amount,
        learned_net_amount,
        expected_net_amount as levelled_net_amount,
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

),

banded as (

    select
        coherent.customer_id,
        coherent.fit_id,
        coherent.target,
        coherent.champion,
        coherent.purchase_model,
        coherent.spend_model,
        coherent.is_baseline,
        coherent.horizon_days,
        coherent.purchase_probability,
        coherent.expected_order_days,
        coherent.learned_net_amount,
        coherent.levelled_net_amount,
        coherent.expected_net_amount,
        coherent.discounted_net_amount,
        coherent.alive_probability,
        intervals.value_band,
        intervals.orders_p10_ratio,
        intervals.orders_p90_ratio,
        intervals.amount_p10_ratio,
        intervals.amount_p90_ratio,
        intervals.buyers_p10_ratio,
        intervals.buyers_p90_ratio,
        coalesce(
            coherent.expected_net_amount / nullif(coherent.expected_order_days, 0),
            coherent.expected_order_amount
        ) as expected_order_amount,
        -- without a probability of their own, that of their band: no more than orders
        -- are expected, and between those of other horizons
        case
            when coherent.purchase_probability is not null
                then coherent.purchase_probability
            when intervals.no_purchase_share is not null
                then
                    least(
                        greatest(
                            least(
                                1 - intervals.no_purchase_share,
                                coalesce(nullif(coherent.expected_order_days, 0), 1)
                            ),
                            coalesce(coherent.shorter_probability, 0)
                        ),
                        coalesce(coherent.longer_probability, 1)
                    )
        end as buying_probability
    from coherent
    left join intervals
        on
            coherent.target = intervals.target
            and coherent.expected_net_amount > intervals.from_amount
            and coherent.expected_net_amount <= intervals.until_amount

)

select
    ---------- ids
    customer_id,
    fit_id,

    ---------- strings
    target,
    champion,
    purchase_model,
    spend_model,
    value_band,

    ---------- numerics
    horizon_days,
    expected_order_days,
    expected_order_amount,
    learned_net_amount,
    levelled_net_amount,
    expected_net_amount,
    expected_order_days * orders_p10_ratio as order_days_p10,
    case
        when orders_p90_ratio is not null
            then
                greatest(
                    expected_order_days * orders_p90_ratio,
                    case when purchase_probability > 0.1 then 1 else 0 end
                )
    end as order_days_p90,
    expected_net_amount * amount_p10_ratio as net_amount_p10,
    expected_net_amount * amount_p90_ratio as net_amount_p90,
    case
        when buying_probability is not null
            then
                1 - max(buying_probability) over (
                    partition by customer_id
                    order by horizon_days
                    rows between unbounded preceding and current row
                )
    end as no_purchase_probability,
    {% for end in ['p10', 'p90'] -%}
    nullif(greatest(expected_net_amount, expected_order_amount), 0)
    * buyers_{{ end }}_ratio as net_amount_{{ end }}_if_buying,
    {% endfor -%}
    discounted_net_amount,
    alive_probability,

    ---------- booleans
    is_baseline
from banded
