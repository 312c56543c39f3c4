-- The rules of a dimension leave no gap and do not overlap: each customer who has bought
-- fits exactly one.
with

dimensions as (

    select distinct dimension from {{ ref('int_segments__rules') }}

),

customers as (

    select customer_id from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

)

select
    customers.customer_id,
    dimensions.dimension,
    count(rules.rule_id) as count_rules
from customers
cross join dimensions
left join {{ ref('int_customers__rules') }} as rules
    on
        customers.customer_id = rules.customer_id
        and dimensions.dimension = rules.dimension
group by customers.customer_id, dimensions.dimension
having count(rules.rule_id) <> 1
