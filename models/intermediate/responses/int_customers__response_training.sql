{{ config(materialized='view') }}

with

labels as (

    select * from {{ ref('int_customers__response_labels') }}

),

features as (

    select * from {{ ref('int_customers__features') }}

)

select
    features.*,

    ---------- booleans
    labels.is_next_message_clicked,
    labels.is_next_message_bought
from labels
inner join features
    on
        labels.customer_id = features.customer_id
        and labels.anchor_date = features.anchor_date
