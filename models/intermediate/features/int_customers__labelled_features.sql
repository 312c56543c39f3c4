{{ config(materialized='view') }}

with

labels as (

    select
        customer_id,
        anchor_date,
        count_orders_in_horizon,
        net_amount_in_horizon,
        is_churned
    from {{ ref('int_customers__labels') }}

),

features as (

    select * from {{ ref('int_customers__features') }}

)

select
    features.*,
    labels.count_orders_in_horizon,
    labels.net_amount_in_horizon,
    labels.is_churned
from labels
inner join features
    on
        labels.customer_id = features.customer_id
        and labels.anchor_date = features.anchor_date
