with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

nearest as (

    {{ nearest_cluster('customers') }}

)

select
    customers.customer_id,
    customers.anchor_date,
    nearest.cluster_id,
    nearest.distance_to_centre
from customers
inner join nearest
    on customers.customer_id = nearest.customer_id
