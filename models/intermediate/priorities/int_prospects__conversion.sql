-- Prospects of one value horizon ago, and what they have bought since.
with

customers as (

    select
        dim_customers.*,
        dim_customers.as_of_date - interval '{{ setting("value_horizon_days") }}' day
            as seen_at
    from {{ ref('int_customers__current') }} as dim_customers

),

margins as (

    select
        customer_id,
        margin_rate
    from {{ ref('int_customers__value') }}

),

prospects as (

    select
        customers.customer_id,
        customers.first_order_date is not null as is_converted,
        cast(customers.lifetime_net_amount * coalesce(margins.margin_rate, 1) as double)
            as value_amount
    from customers
    left join margins
        on customers.customer_id = margins.customer_id
    where
        customers.signed_up_date < customers.seen_at
        and coalesce(customers.first_order_date >= customers.seen_at, true)

)

select
    count(*) as count_prospects,
    count(*) filter (where is_converted) as count_converted,
    cast(count(*) filter (where is_converted) as double)
    / nullif(count(*), 0) as conversion_rate,
    cast(
        sum(cast(value_amount as decimal(18, 6))) filter (where is_converted) as double
    )
    / nullif(count(*) filter (where is_converted), 0) as converted_value_amount
from prospects
