-- Everyone at the scoring anchor. At past anchors, which only serve training, a bounded
-- sample of earlier buyers: the customers whose hashed ids come first, so that the
-- sample depends on neither chance nor row order.
with

anchors as (

    select * from {{ ref('int_anchors') }}

),

customers as (

    select * from {{ ref('int_customers') }}

),

first_orders as (

    select
        customer_id,
        min(ordered_at) as first_ordered_at
    from {{ ref('int_sale_lines') }}
    where customer_id is not null
    group by customer_id

),

ranked as (

    select
        first_orders.customer_id,
        anchors.anchor_date,
        anchors.anchor_number,
        anchors.anchor_role,
        row_number() over (
            partition by anchors.anchor_date
            order by md5(first_orders.customer_id), first_orders.customer_id
        ) <= {{ setting('max_training_customers') }} as is_sampled
    from first_orders
    inner join anchors
        on first_orders.first_ordered_at < cast(anchors.anchor_date as timestamp)

)

select
    customer_id,
    anchor_date,
    anchor_number,
    anchor_role,
    is_sampled
from ranked
where is_sampled and anchor_role <> 'scoring'

union all

select
    customers.customer_id,
    anchors.anchor_date,
    anchors.anchor_number,
    anchors.anchor_role,
    coalesce(ranked.is_sampled, false) as is_sampled
from customers
cross join anchors
left join ranked
    on
        customers.customer_id = ranked.customer_id
        and anchors.anchor_date = ranked.anchor_date
where anchors.anchor_role = 'scoring'
