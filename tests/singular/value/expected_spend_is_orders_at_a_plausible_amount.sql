-- Expected spend lies between expected orders times the lowest and times the highest
-- plausible amount per order of the customer. Gamma-Gamma draws the mean of their repeat
-- orders towards that of the population, p v / (q - 1), and ends between the two. A naive
-- rule takes the customer's own mean, of all time or of the last year, or the shop's.
-- Where horizons are made to agree, spend and orders may come from different horizons.
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

spend as (

    select * from {{ ref('int_customers__spend') }}

),

parameters as (

    select
        fit_id,
        max(case when process = 'spend' and parameter = 'p' then value end) as p,
        max(case when process = 'spend' and parameter = 'q' then value end) as q,
        max(case when process = 'spend' and parameter = 'v' then value end) as v,
        max(case when process = 'spend' and parameter = 'mean' then value end)
            as pooled_amount,
        max(case when process = 'shop' and parameter = 'order_amount' then value end)
            as shop_amount
    from {{ ref('int_fits__value_parameters') }}
    where is_served
    group by fit_id

),

usual as (

    select
        fit_id,
        shop_amount,
        coalesce(p * v / (q - 1), pooled_amount) as population_amount
    from parameters

),

plausible as (

    select
        spend.customer_id,
        case
            when spend.is_baseline
                then least(
                    customers.lifetime_net_amount / customers.count_order_days,
                    coalesce(
                        customers.net_amount_365d
                        / nullif(customers.count_orders_365d, 0),
                        usual.shop_amount
                    ),
                    usual.shop_amount
                )
            else least(
                coalesce(customers.avg_repeat_amount, usual.population_amount),
                usual.population_amount
            )
        end as lowest_amount,
        case
            when spend.is_baseline
                then greatest(
                    customers.lifetime_net_amount / customers.count_order_days,
                    coalesce(
                        customers.net_amount_365d
                        / nullif(customers.count_orders_365d, 0),
                        usual.shop_amount
                    ),
                    usual.shop_amount
                )
            else greatest(
                coalesce(customers.avg_repeat_amount, usual.population_amount),
                usual.population_amount
            )
        end as highest_amount
    from spend
    inner join customers
        on spend.customer_id = customers.customer_id
    left join usual
        on spend.fit_id = usual.fit_id

),

ranges as (

    select
        customer_id,
        min(lowest_amount) as lowest_amount,
        max(highest_amount) as highest_amount,
        count(*) - count(lowest_amount) as count_unknown
    from plausible
    group by customer_id

)

select
    spend.customer_id,
    spend.horizon_days,
    spend.champion,
    spend.expected_order_days,
    spend.expected_net_amount,
    ranges.lowest_amount,
    ranges.highest_amount
from spend
inner join ranges
    on spend.customer_id = ranges.customer_id
where
    ranges.count_unknown > 0
    or spend.expected_net_amount
    < spend.expected_order_days * ranges.lowest_amount * (1 - 1e-6) - 1e-6
    or spend.expected_net_amount
    > spend.expected_order_days * ranges.highest_amount * (1 + 1e-6) + 1e-6
