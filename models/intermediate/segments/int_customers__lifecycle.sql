with

customers as (

    select * from {{ ref('int_customers__features') }}

),

stages as (

    select * from {{ ref('lifecycle_stages') }}

)

select
    customers.customer_id,
    customers.anchor_date,
    stages.stage_code
from customers
left join stages
    on
        {{ is_in_range('customers', 'stages', 'count_orders') }}
        and {{ is_in_range('customers', 'stages', 'days_since_first_order') }}
        and {{ is_in_range('customers', 'stages', 'days_since_last_order') }}
        and {{ is_in_range('customers', 'stages', 'last_gap_days') }}
