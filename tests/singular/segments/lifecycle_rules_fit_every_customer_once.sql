-- The rules leave no gap and do not overlap, even for customers the shop has not met: the
-- bounds of the seed and their neighbours, in every combination a customer can be in,
-- fall into exactly one stage.
{%- set counts = ['count_orders_from', 'count_orders_before'] -%}
{%- set days = [
    'days_since_first_order_from', 'days_since_first_order_before',
    'days_since_last_order_from', 'days_since_last_order_before',
    'last_gap_days_from', 'last_gap_days_before',
] %}
with

stages as (

    select * from {{ ref('lifecycle_stages') }}

),

steps as (

    select -1 as step
    union all
    select 0 as step
    union all
    select 1 as step

),

count_bounds as (

    {% for column in counts -%}
    select {{ column }} as bound from stages
    union
    {% endfor -%}
    select 1 as bound

),

count_values as (

    select distinct count_bounds.bound + steps.step as bound
    from count_bounds
    cross join steps

),

day_bounds as (

    {% for column in days -%}
    select {{ column }} as bound from stages
    union
    {% endfor -%}
    select 1 as bound

),

-- and one day later than all of them together
day_values as (

    select distinct day_bounds.bound + steps.step as bound
    from day_bounds
    cross join steps
    union
    select sum(bound) as bound from day_bounds

),

customers as (

    select
        count_values.bound as count_orders,
        first_days.bound as days_since_first_order,
        last_days.bound as days_since_last_order,
        gap_days.bound as last_gap_days
    from count_values
    cross join day_values as first_days
    cross join day_values as last_days
    cross join day_values as gap_days
    where
        count_values.bound > 0
        and last_days.bound between 1 and first_days.bound
        and gap_days.bound between 0 and first_days.bound - last_days.bound
        -- customers who bought on one day have no gap (0); all others have
        and (gap_days.bound > 0) = (first_days.bound > last_days.bound)
        and (count_values.bound > 1 or first_days.bound = last_days.bound)

    union all

    select
        0 as count_orders,
        null as days_since_first_order,
        null as days_since_last_order,
        null as last_gap_days

)

select
    customers.count_orders,
    customers.days_since_first_order,
    customers.days_since_last_order,
    customers.last_gap_days,
    count(stages.stage_code) as count_stages
from customers
left join stages
    on
        {{ is_in_range('customers', 'stages', 'count_orders') }}
        and {{ is_in_range('customers', 'stages', 'days_since_first_order') }}
        and {{ is_in_range('customers', 'stages', 'days_since_last_order') }}
        and {{ is_in_range('customers', 'stages', 'last_gap_days') }}
group by
    customers.count_orders,
    customers.days_since_first_order,
    customers.days_since_last_order,
    customers.last_gap_days
having count(stages.stage_code) <> 1
