-- In each dimension the sizes sum to the number of customers, and the shares to 1.
-- Everyone has an RFM segment and a lifecycle stage; every buyer has a cluster, where
-- there are clusters.
with

sizes as (

    select
        dimension,
        sum(count_customers) as count_customers,
        sum(customer_share) as customer_share,
        sum(total_net_amount) as total_net_amount
    from {{ ref('rpt_segment_overview') }}
    group by dimension

),

customers as (

    select
        count(*) as count_customers,
        count(*) filter (where count_orders > 0) as count_buyers,
        sum(lifetime_net_amount) as total_net_amount
    from {{ ref('dim_customers') }}

)

select
    sizes.*,
    customers.count_customers as count_all_customers,
    customers.count_buyers,
    customers.total_net_amount as all_net_amount
from sizes
cross join customers
where
    customers.count_customers > 0
    and (
        sizes.count_customers <> case
            when sizes.dimension = 'cluster' then customers.count_buyers
            else customers.count_customers
        end
        or abs(coalesce(sizes.customer_share, 0) - 1) > 0.000001
        or sizes.total_net_amount <> coalesce(customers.total_net_amount, 0)
    )
