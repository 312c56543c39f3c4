-- Orders and spend within each horizon from a past anchor on. A label is null where its
-- days reach beyond the scoring anchor, because it is not known yet.
with

customers as (

    select * from {{ ref('int_customers__past_anchors') }}

),

next_orders as (

    select
        {% for days in amount_horizons() -%}
        count(*) filter (where days_after_anchor < {{ days }})
            as count_order_days_next_{{ days }}d,
        sum(net_amount) filter (where days_after_anchor < {{ days }})
            as net_amount_next_{{ days }}d,
        {% endfor -%}
        customer_id,
        anchor_date
    from {{ ref('int_customers__later_order_days') }}
    group by customer_id, anchor_date

)

select
    ---------- ids
    customers.customer_id,
    customers.anchor_date,
    customers.anchor_number,

    ---------- numerics
    {% for days in amount_horizons() -%}
    case
        when customers.known_days >= {{ days }}
            then coalesce(next_orders.count_order_days_next_{{ days }}d, 0)
    end as count_order_days_next_{{ days }}d,
    case
        when customers.known_days >= {{ days }}
            then cast(coalesce(next_orders.net_amount_next_{{ days }}d, 0) as double)
    end as net_amount_next_{{ days }}d,
    {% endfor -%}
    customers.known_days
from customers
left join next_orders
    on
        customers.customer_id = next_orders.customer_id
        and customers.anchor_date = next_orders.anchor_date
