-- Rounding may lose a cent per customer. Any larger gap means that an amount was counted
-- twice or not at all.
with

steps as (

    select
        sum(case when step_order < 6 then amount else 0 end) as expected_amount,
        sum(case when step_order = 6 then amount else 0 end) as found_amount
    from {{ ref('rpt_sales_reconciliation') }}

),

customers as (

    select count(*) as count_customers from {{ ref('dim_customers') }}

)

select
    steps.expected_amount,
    steps.found_amount
from steps
cross join customers
where
    abs(steps.expected_amount - steps.found_amount)
    > 0.01 * (customers.count_customers + 1)
