{{ config(materialized='view') }}

with

labels as (

    select * from {{ ref('int_customers__churn_labels') }}

),

features as (

    select * from {{ ref('int_customers__features') }}

)

select
    features.*,

    ---------- numerics
    labels.known_days,
    labels.days_to_next_order,

    ---------- booleans
    {% for days in purchase_horizons() -%}
    labels.is_purchase_next_{{ days }}d,
    {% endfor -%}
    labels.is_churned
from labels
inner join features
    on
        labels.customer_id = features.customer_id
        and labels.anchor_date = features.anchor_date
