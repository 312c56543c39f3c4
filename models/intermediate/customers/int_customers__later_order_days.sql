-- Orders of one day count once, as in the counts of purchase days.
with

customers as (

    select * from {{ ref('int_customers__past_anchors') }}

),

purchases as (

    select * from {{ ref('int_orders__purchases') }}

),

scoring as (

    select anchor_date from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

)

select
    ---------- ids
    customers.customer_id,
    customers.anchor_date,
    purchases.order_date,

    ---------- numerics
    sum(purchases.net_amount) as net_amount,
    {{ dbt.datediff('customers.anchor_date', 'purchases.order_date', 'day') }}
        as days_after_anchor
from customers
inner join purchases
    on
        customers.customer_id = purchases.customer_id
        and customers.anchor_date <= purchases.order_date
inner join scoring
    on purchases.order_date < scoring.anchor_date
group by customers.customer_id, customers.anchor_date, purchases.order_date
