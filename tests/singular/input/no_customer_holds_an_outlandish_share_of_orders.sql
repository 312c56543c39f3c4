{{ config(severity='warn') }}
-- One id with more than a tenth of all orders of known customers, in a shop of a hundred
-- customers or more, is a till or a placeholder rather than a person. Add it to the
-- setting `anonymous_ids` if so.
with

orders as (

    select
        customer_id,
        count(*) as count_orders
    from {{ ref('int_orders__checked') }}
    where is_accepted and customer_id is not null
    group by customer_id

),

shares as (

    select
        customer_id,
        count_orders,
        count_orders / sum(count_orders) over () as order_share,
        count(*) over () as count_customers
    from orders

)

select * from shares
where order_share > 0.1 and (count_customers >= 100 or count_orders >= 1000)
