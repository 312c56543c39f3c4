{{ config(materialized='view') }}

-- From everything sold to the sum of the customers' net amounts, step by step.
with

sale_lines as (

    select * from {{ ref('int_sale_lines') }}

),

returns as (

    select
        is_cancellation,
        sum(returned_amount) as returned_amount
    from {{ ref('int_returns__matched') }}
    group by is_cancellation

),

customers as (

    select
        sum(count_orders) as count_orders,
        sum(lifetime_net_amount) as net_amount
    from {{ ref('int_customers__current') }}

),

steps as (

    select
        1 as step_order,
        'sold, before discounts' as step,
        coalesce(sum(gross_amount), 0) as amount
    from sale_lines

    union all

    select
        2 as step_order,
        'less discounts' as step,
        -coalesce(sum(discount_amount), 0) as amount
    from sale_lines

    union all

    select
        3 as step_order,
        'less sales to nobody known' as step,
        -coalesce(sum(net_amount), 0) as amount
    from sale_lines
    where customer_id is null

    union all

    select
        4 as step_order,
        'less cancellations' as step,
        -coalesce(sum(returned_amount), 0) as amount
    from returns
    where is_cancellation

    union all

    select
        5 as step_order,
        'less returns' as step,
        -coalesce(sum(returned_amount), 0) as amount
    from returns
    where not is_cancellation

    union all

    select
        6 as step_order,
        'net amount of known customers' as step,
        coalesce(net_amount, 0) as amount
    from customers

)

select
    ---------- strings
    step,

    ---------- numerics
    step_order,
    amount
from steps
