-- A model that scores in batches could lose customers silently: each buyer must have a
-- score where a model serves.
with

forecasts as (

    select * from {{ ref('fct_customer_forecasts') }}

),

responses as (

    select * from {{ ref('fct_customer_message_response') }}

),

categories as (

    select distinct customer_id from {{ ref('fct_customer_next_category') }}

)

select
    'churn' as model_name,
    customer_id
from {{ ref('fct_customer_churn') }}
where served_by <> 'none' and churn_probability is null

union all

select
    'purchases' as model_name,
    customer_id
from forecasts
where probability_served_by <> 'none' and purchase_probability is null

union all

select
    'spend' as model_name,
    customer_id
from forecasts
where
    spend_served_by <> 'none'
    and (expected_order_days is null or expected_net_amount is null)

union all

select
    'value' as model_name,
    customer_id
from {{ ref('fct_customer_value') }}
where served_by <> 'none' and expected_value_amount is null

union all

select
    'message_click' as model_name,
    customer_id
from responses
where click_served_by <> 'none' and click_probability is null

union all

select
    'message_order' as model_name,
    customer_id
from responses
where order_served_by <> 'none' and order_probability is null

union all

select
    'next_category' as model_name,
    customers.customer_id
from {{ ref('fct_customer_value') }} as customers
inner join {{ ref('int_fits__serving') }} as fits
    on fits.target = 'next_category' and fits.champion <> 'none'
left join categories
    on customers.customer_id = categories.customer_id
where categories.customer_id is null
