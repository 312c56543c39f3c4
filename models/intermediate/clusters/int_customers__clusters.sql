with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

nearest as (

    {{ nearest_cluster('customers') }}

)

select
    customer_id,
    anchor_date,
    cluster_id,
    distance_to_centre
from nearest
where cluster_id is not null
