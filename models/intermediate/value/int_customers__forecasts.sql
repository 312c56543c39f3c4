{%- set purchase_targets = purchase_targets() %}
{%- set spend_targets = spend_targets() %}
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

purchase_fits as (

    select * from {{ ref('int_fits__serving_purchases') }}
    where champion <> 'none'

),

spend_fits as (

    select * from {{ ref('int_fits__serving_values') }}
    where champion <> 'none'

),

purchases as (

    select * from {{ ref('int_customers__purchase_probabilities') }}

),

spend as (

    select * from {{ ref('int_customers__spend') }}

),

horizons as (

    {% for days in (purchase_targets | list + spend_targets | list) | unique -%}
    select
        {{ days }} as horizon_days,
        '{{ purchase_targets.get(days, "none") }}' as purchase_target,
        '{{ spend_targets.get(days, "none") }}' as spend_target
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    ---------- ids
    customers.customer_id,
    purchase_fits.fit_id as purchase_fit_id,
    spend_fits.fit_id as spend_fit_id,

    ---------- strings
    coalesce(purchase_fits.champion, 'none') as probability_served_by,
    coalesce(spend_fits.champion, 'none') as spend_served_by,
    spend.value_band,

    ---------- numerics
    horizons.horizon_days,
    round(purchases.purchase_probability, 6) as purchase_probability,
    round(spend.expected_order_days, 4) as expected_order_days,
    round(spend.order_days_p10, 4) as order_days_p10,
    round(spend.order_days_p90, 4) as order_days_p90,
    cast(spend.expected_order_amount as decimal(18, 2)) as expected_order_amount,
    cast(spend.expected_net_amount as decimal(18, 2)) as expected_net_amount,
    cast(spend.net_amount_p10 as decimal(18, 2)) as net_amount_p10,
    cast(spend.net_amount_p90 as decimal(18, 2)) as net_amount_p90,
    round(
        coalesce(1 - purchases.purchase_probability, spend.no_purchase_probability), 6
    ) as no_purchase_probability,
    cast(spend.net_amount_p10_if_buying as decimal(18, 2)) as net_amount_p10_if_buying,
    cast(spend.net_amount_p90_if_buying as decimal(18, 2)) as net_amount_p90_if_buying,

    ---------- dates
    customers.anchor_date as as_of_date
from customers
cross join horizons
left join purchase_fits
    on horizons.purchase_target = purchase_fits.target
left join spend_fits
    on horizons.spend_target = spend_fits.target
left join purchases
    on
        customers.customer_id = purchases.customer_id
        and horizons.horizon_days = purchases.horizon_days
left join spend
    on
        customers.customer_id = spend.customer_id
        and horizons.horizon_days = spend.horizon_days
