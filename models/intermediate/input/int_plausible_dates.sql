-- With an as_of_date, events dated on or after it are not known yet. Without one, a
-- typing error (2099-01-01) must not move the scoring anchor: the last orders count as
-- errors if they follow a long silence and are few.
with

orders as (

    select cast(ordered_at as date) as order_date
    from {{ ref('stg_shop__orders') }}
    where ordered_at >= cast('{{ setting("earliest_valid_date") }}' as timestamp)

),

order_days as (

    select
        order_date,
        count(*) as count_orders
    from orders
    group by order_date

),

silences as (

    select
        order_date,
        {{ dbt.datediff(
            'lag(order_date) over (order by order_date)', 'order_date', 'day'
        ) }} as silent_days,
        sum(count_orders) over (order by order_date desc) as count_orders_from_here,
        sum(count_orders) over () as count_orders
    from order_days

),

first_implausible as (

    select min(order_date) as order_date
    from silences
    where {{ is_implausible_silence() }}

),

last_plausible as (

    select max(order_days.order_date) as order_date
    from order_days
    cross join first_implausible
    where
        first_implausible.order_date is null
        or order_days.order_date < first_implausible.order_date

)

select
    cast('{{ setting("earliest_valid_date") }}' as timestamp) as earliest_at,
    cast(
        coalesce(
            {{ as_of_date() }},
            first_implausible.order_date,
            cast('9999-12-31' as date)
        ) as timestamp
    ) as orders_before_at,
    cast(
        coalesce(
            {{ as_of_date() }},
            last_plausible.order_date + interval '{{ setting("quiet_days") + 1 }}' day,
            cast('9999-12-31' as date)
        ) as timestamp
    ) as events_before_at
from first_implausible
cross join last_plausible
