{{ config(severity='warn') }}
-- Where most customers with orders have no profile, and most profiles no orders, the ids
-- of the two tables are probably written in different ways.
with

ids as (

    select distinct customer_id
    from {{ ref('int_orders__checked') }}
    where is_accepted and customer_id is not null

),

profiles as (

    select customer_id
    from {{ ref('int_customers__checked') }}
    where is_accepted

),

counts as (

    select
        count(ids.customer_id) as count_buyers,
        count(profiles.customer_id) as count_profiles,
        count(*) filter (
            where ids.customer_id is not null and profiles.customer_id is not null
        ) as count_both
    from ids
    full outer join profiles
        on ids.customer_id = profiles.customer_id

)

select * from counts
where
    count_buyers > 0
    and count_profiles > 0
    and count_both < 0.5 * count_buyers
    and count_both < 0.5 * count_profiles
