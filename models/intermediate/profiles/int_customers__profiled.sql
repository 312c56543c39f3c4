-- All customers, or those whose hashed ids come first, so that the time and memory of
-- profiles are bounded.
{{ config(materialized='view') }}

with

features as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring'

),

customers as (

    select * from {{ ref('int_customers') }}

)

select
    features.*,

    ---------- strings
    customers.acquisition_channel,
    customers.country,
    customers.gender,
    nullif(customers.age_band, 'unknown') as age_band
from features
inner join customers
    on features.customer_id = customers.customer_id
qualify
    row_number() over (order by md5(features.customer_id), features.customer_id)
    <= {{ setting('max_profile_customers') }}
