with

segments as (

    select * from {{ ref('int_segments') }}
    where is_current

),

memberships as (

    select * from {{ ref('int_segments__members') }}

),

customers as (

    select * from {{ ref('int_customers__current') }}

),

churn as (

    select * from {{ ref('int_customers__churn') }}

),

sizes as (

    select
        memberships.dimension,
        memberships.segment_code,
        count(*) as count_customers,
        sum(customers.lifetime_net_amount) as total_net_amount,
        sum(customers.count_orders) as total_orders,
        avg(customers.days_since_last_order) as avg_days_since_last_order,
        -- exact sums, so that the mean does not depend on row order
        sum(cast(churn.churn_probability as decimal(18, 6)))
        / count(churn.churn_probability) as avg_churn_probability
    from memberships
    inner join customers
        on memberships.customer_id = customers.customer_id
    left join churn
        on memberships.customer_id = churn.customer_id
    group by memberships.dimension, memberships.segment_code

),

totals as (

    select
        dimension,
        sum(count_customers) as count_customers,
        sum(total_net_amount) as total_net_amount
    from sizes
    group by dimension

),

as_of as (

    select anchor_date
    from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

)

select
    ---------- ids
    segments.segment_id,

    ---------- strings
    segments.dimension,
    segments.segment_code,
    segments.segment_name,

    ---------- numerics
    segments.segment_order,
    coalesce(sizes.count_customers, 0) as count_customers,
    coalesce(sizes.count_customers, 0)
    / nullif(cast(totals.count_customers as double), 0) as customer_share,
    coalesce(sizes.total_net_amount, 0) as total_net_amount,
    coalesce(sizes.total_net_amount, 0)
    / nullif(cast(totals.total_net_amount as double), 0) as net_amount_share,
    sizes.total_net_amount / nullif(sizes.total_orders, 0) as avg_order_amount,
    round(sizes.avg_days_since_last_order, 1) as avg_days_since_last_order,
    round(sizes.avg_churn_probability, 4) as avg_churn_probability,

    ---------- dates
    as_of.anchor_date as as_of_date
from segments
left join sizes
    on
        segments.dimension = sizes.dimension
        and segments.segment_code = sizes.segment_code
left join totals
    on segments.dimension = totals.dimension
left join as_of
    on 1 = 1
