-- Everyone at the scoring anchor. At the earlier ones, which are only learned from,
-- a bounded sample of those who had bought by then: the customers whose hashed ids
-- come first, so that the sample depends on neither chance nor row order.
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

everyone as (

    select
        customers.customer_id,
        anchors.anchor_date,
        anchors.anchor_role
    from customers
    cross join anchors
    where anchors.anchor_role = 'scoring'

),

sample as (

    select
        first_orders.customer_id,
        anchors.anchor_date,
        anchors.anchor_role
    from first_orders
    cross join anchors
    where
        anchors.anchor_role <> 'scoring'
        and first_orders.first_ordered_at < cast(anchors.anchor_date as timestamp)
    qualify
        row_number() over (
            partition by anchors.anchor_date
            order by md5(first_orders.customer_id), first_orders.customer_id
        ) <= {{ var('max_training_customers') }}

)

select * from everyone
union all
select * from sample
