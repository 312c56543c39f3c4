{{ config(materialized='view') }}

-- Months are calendar months, and only whole ones count: a month that is not over would
-- look as if customers had left.
with

scoring as (

    select anchor_date from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

),

orders as (

    select
        orders.customer_id,
        orders.net_amount,
        cast({{ dbt.date_trunc('month', 'orders.order_date') }} as date) as order_month
    from {{ ref('int_orders__as_of_anchor') }} as orders
    inner join scoring
        on orders.anchor_date = scoring.anchor_date

),

customer_months as (

    select
        customer_id,
        order_month,
        min(order_month) over (partition by customer_id) as cohort_month,
        sum(net_amount) as net_amount
    from orders
    group by customer_id, order_month

),

-- every later month is a row of a cohort, even if nobody bought in it
digits as (

    {% for digit in range(10) -%}
    select {{ digit }} as digit
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

months_since as (

    select 100 * hundreds.digit + 10 * tens.digit + ones.digit as months_since_first_order
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds

),

cohorts as (

    select
        cohort_month,
        count(distinct customer_id) as count_customers
    from customer_months
    group by cohort_month

),

observed as (

    select
        cohorts.cohort_month,
        cohorts.count_customers,
        months_since.months_since_first_order,
        cast(
            {{ dbt.dateadd('month', 'months_since_first_order', 'cohort_month') }} as date
        ) as order_month
    from cohorts
    cross join months_since

),

whole as (

    select
        observed.*,
        scoring.anchor_date
    from observed
    inner join scoring
        on
            {{ dbt.dateadd('month', 1, 'observed.order_month') }}
            <= cast(scoring.anchor_date as timestamp)

),

retained as (

    select
        cohort_month,
        order_month,
        count(*) as count_retained_customers,
        sum(net_amount) as net_amount
    from customer_months
    group by cohort_month, order_month

),

counted as (

    select
        whole.*,
        coalesce(retained.count_retained_customers, 0) as count_retained_customers,
        coalesce(retained.net_amount, 0) as net_amount
    from whole
    left join retained
        on
            whole.cohort_month = retained.cohort_month
            and whole.order_month = retained.order_month

)

select
    ---------- ids
    cohort_month,
    months_since_first_order,

    ---------- numerics
    count_customers,
    count_retained_customers,
    count_retained_customers / cast(count_customers as double) as retention_rate,
    -- in the first month everyone bought, which is no estimate
    case when months_since_first_order > 0 then {{
        wilson_lower('count_retained_customers', 'count_customers')
    }} end as retention_rate_lower,
    case when months_since_first_order > 0 then {{
        wilson_upper('count_retained_customers', 'count_customers')
    }} end as retention_rate_upper,
    net_amount,

    ---------- dates
    order_month,
    anchor_date as as_of_date
from counted
