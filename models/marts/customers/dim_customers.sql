select
    ---------- ids
    customer_id,

    ---------- strings
    gender,
    age_band,
    country,
    city,
    acquisition_channel,
    favourite_category,
    favourite_channel,
    favourite_device,
    favourite_daypart,

    ---------- numerics
    cast(count_orders as bigint) as count_orders,
    cast(lifetime_net_amount as decimal(18, 2)) as lifetime_net_amount,
    cast(avg_order_amount as decimal(18, 2)) as avg_order_amount,
    cast(days_since_last_order as bigint) as days_since_last_order,
    cast(avg_days_between_orders as double) as avg_days_between_orders,
    cast(discount_share as double) as discount_share,
    cast(return_rate as double) as return_rate,

    ---------- booleans
    has_profile,

    ---------- dates
    as_of_date,
    cast(signed_up_date as date) as signed_up_date,
    first_order_date,
    last_order_date
from {{ for_readers('int_customers__current') }}
