with

segments as (

    select * from {{ ref('dim_segments') }}
    where is_current

),

customer_segments as (

    select * from {{ ref('fct_customer_segments') }}

),

memberships as (

    {% for dimension, column in segment_dimensions().items() -%}
    select
        customer_id,
        '{{ dimension }}' as dimension,
        {{ column }} as segment_code
    from customer_segments
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

churn as (

    select * from {{ ref('fct_customer_churn') }}

),

sizes as (

    select
        memberships.dimension,
        memberships.segment_code,
        count(*) as count_customers,
        sum(customers.lifetime_net_amount) as total_net_amount,
        sum(customers.count_orders) as total_orders,
        avg(customers.days_since_last_order) as avg_days_since_last_order,
        -- exact sums, so that the mean does not hang on row order
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
    cast(coalesce(sizes.count_customers, 0) as bigint) as count_customers,
    cast(
        coalesce(sizes.count_customers, 0)
        / nullif(cast(totals.count_customers as double), 0)
        as double
    ) as customer_share,
    cast(coalesce(sizes.total_net_amount, 0) as decimal(18, 2)) as total_net_amount,
    cast(
        coalesce(sizes.total_net_amount, 0)
        / nullif(cast(totals.total_net_amount as double), 0)
        as double
    ) as net_amount_share,
    cast(sizes.total_net_amount / nullif(sizes.total_orders, 0) as decimal(18, 2))
        as avg_order_amount,
    cast(round(sizes.avg_days_since_last_order, 1) as double)
        as avg_days_since_last_order,
    cast(round(sizes.avg_churn_probability, 4) as double) as avg_churn_probability,

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
