-- From the order lines as they arrived to the customers, the steps add up exactly:
-- rounding has lines of its own, and they stay as small as rounding is. What is taken off
-- by kind of credit note adds up to what was written less what took no effect.
with

steps as (

    select * from {{ ref('rpt_sales_reconciliation') }}

),

counts as (

    select
        (select count(*) from {{ ref('int_order_lines__checked') }}) as count_lines,
        (select count(*) from {{ ref('dim_customers') }}) as count_customers

),

checks as (

    select
        'the steps do not add up to the customers' as problem,
        sum(case when step_order < 14 then amount end) as expected_amount,
        sum(case when step_order = 14 then amount end) as found_amount,
        0 as tolerance
    from steps

    union all

    select
        'the kinds of credit notes do not add up' as problem,
        sum(case when step_order between 10 and 12 then amount end) as expected_amount,
        sum(case when step_order > 14 then amount end) as found_amount,
        0 as tolerance
    from steps

    union all

    select
        steps.step as problem,
        0 as expected_amount,
        steps.amount as found_amount,
        case
            when steps.step_order = 13 then 0.005 * counts.count_customers
            else 0.0002 * counts.count_lines
        end as tolerance
    from steps
    cross join counts
    where steps.step like 'rounding %'

)

select * from checks
where abs(expected_amount - found_amount) > tolerance
