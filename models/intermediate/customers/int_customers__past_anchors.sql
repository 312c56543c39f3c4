{{ config(materialized='view') }}

-- Customers to label, and for how many days from the anchor on their labels are known.
with

anchors as (

    select * from {{ ref('int_anchors') }}

),

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'past' and count_orders > 0

)

select
    ---------- ids
    customers.customer_id,
    customers.anchor_date,
    customers.anchor_number,

    ---------- strings
    customers.anchor_role,

    ---------- numerics
    anchors.known_days
from customers
inner join anchors
    on customers.anchor_date = anchors.anchor_date
