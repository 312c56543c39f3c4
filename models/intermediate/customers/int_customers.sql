-- All known customers: those with a profile, and those who ordered without one.
with

orders as (

    select * from {{ ref('int_orders__checked') }}
    where is_accepted and customer_id is not null

),

customers as (

    select * from {{ ref('int_customers__checked') }}
    where is_accepted

),

scoring as (

    select anchor_date from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

),

known_customers as (

    select customer_id from orders
    union
    -- on a past day, a profile without a date of its own is not known yet
    select customer_id from customers
    where signed_up_at is not null or {{ as_of_date() }} is null

)

select
    known_customers.customer_id,
    customers.gender,
    customers.country,
    customers.city,
    customers.acquisition_channel,
    {% for name in protected_columns() -%}
    customers.protected_{{ name }},
    {% endfor -%}
    {{ age_band('customers.birth_date') }} as age_band,
    customers.signed_up_at,
    customers.customer_id is not null as has_profile
from known_customers
left join customers
    on known_customers.customer_id = customers.customer_id
left join scoring
    on 1 = 1
