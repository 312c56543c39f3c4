{{ config(materialized='view') }}

with

labels as (

    select * from {{ ref('int_customers__labels') }}

),

features as (

    select * from {{ ref('int_customers__features') }}

)

select
    features.*,

    ---------- strings
    labels.next_category,

    ---------- numerics
    labels.known_days,
    labels.days_to_next_order,
    {% for days in amount_horizons() -%}
    labels.count_order_days_next_{{ days }}d,
    labels.net_amount_next_{{ days }}d,
    {% endfor %}
    ---------- booleans
    {% for days in purchase_horizons() -%}
    labels.is_purchase_next_{{ days }}d,
    {% endfor -%}
    labels.is_churned,
    labels.is_next_message_clicked,
    labels.is_next_message_bought
from labels
inner join features
    on
        labels.customer_id = features.customer_id
        and labels.anchor_date = features.anchor_date
