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
        median(customers.days_since_last_order) as median_days_since_last_order,
        median({{ dbt.datediff(
            'customers.first_order_date', 'customers.as_of_date', 'day'
        ) }}) as median_days_since_first_order,
        median(customers.count_orders) filter (where customers.count_orders > 0)
            as median_orders,
        median(cast(customers.lifetime_net_amount as double)) filter (
            where customers.count_orders > 0
        ) as median_net_amount,
        -- exact sums, so that the mean does not depend on row order
        cast(sum(cast(churn.churn_probability as decimal(18, 6))) as double)
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

-- the rhythm of the shop, and what is typical of everyone who has bought
everyone as (

    select
        median(days_since_last_order) as median_days_since_last_order,
        median(count_orders) as median_orders,
        median(cast(lifetime_net_amount as double)) as median_net_amount,
        case
            when 2 * count(avg_days_between_orders) > count(*)
                then median(avg_days_between_orders)
        end as usual_gap_days
    from customers
    where count_orders > 0

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
    {{ typical_figures('sizes', 'everyone') }} as typical_figures,
    {{ name_caution('segments', 'sizes', 'everyone') }} as name_caution,

    ---------- numerics
    segments.segment_order,
    coalesce(sizes.count_customers, 0) as count_customers,
    coalesce(sizes.count_customers, 0)
    / nullif(cast(totals.count_customers as double), 0) as customer_share,
    coalesce(sizes.total_net_amount, 0) as total_net_amount,
    coalesce(sizes.total_net_amount, 0)
    / nullif(cast(totals.total_net_amount as double), 0) as net_amount_share,
    {{ in_cents(
        'cast(sizes.total_net_amount as double) / nullif(sizes.total_orders, 0)'
    ) }} as avg_order_amount,
    round(sizes.avg_days_since_last_order, 1) as avg_days_since_last_order,
    sizes.median_days_since_last_order,
    sizes.median_orders,
    {{ in_cents('sizes.median_net_amount') }} as median_net_amount,
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
cross join everyone
left join as_of
    on 1 = 1
