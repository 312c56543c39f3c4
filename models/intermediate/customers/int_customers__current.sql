with

customers as (

    select * from {{ ref('int_customers') }}

),

features as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring'

)

select
    ---------- ids
    customers.customer_id,

    ---------- strings
    customers.gender,
    customers.age_band,
    customers.country,
    customers.city,
    customers.acquisition_channel,
    features.favourite_category,
    features.favourite_channel,
    features.favourite_device,
    features.favourite_daypart,

    ---------- numerics
    features.count_orders,
    cast(features.lifetime_net_amount as decimal(18, 2)) as lifetime_net_amount,
    {{ in_cents('features.avg_order_amount') }} as avg_order_amount,
    features.days_since_last_order,
    features.avg_days_between_orders,
    features.discount_share,
    features.return_rate,

    ---------- booleans
    customers.has_profile,

    ---------- dates
    features.anchor_date as as_of_date,
    customers.signed_up_at as signed_up_date,
    features.first_order_date,
    features.last_order_date
from features
inner join customers
    on features.customer_id = customers.customer_id
