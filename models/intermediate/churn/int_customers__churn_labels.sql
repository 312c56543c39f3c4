-- Churned: no purchase within the horizon from the anchor on. A label is null where its
-- days reach beyond the scoring anchor, because it is not known yet.
{%- set horizon_days = setting('horizon_days') %}
with

customers as (

    select * from {{ ref('int_customers__past_anchors') }}

),

next_orders as (

    select
        customer_id,
        anchor_date,
        count(*) filter (where days_after_anchor < {{ horizon_days }})
            as count_order_days,
        min(days_after_anchor) as days_to_next_order
    from {{ ref('int_customers__later_order_days') }}
    group by customer_id, anchor_date

)

select
    ---------- ids
    customers.customer_id,
    customers.anchor_date,
    customers.anchor_number,

    ---------- strings
    customers.anchor_role,

    ---------- numerics
    customers.known_days,
    next_orders.days_to_next_order,

    ---------- booleans
    {% for days in purchase_horizons() -%}
    case
        when customers.known_days >= {{ days }}
            then coalesce(next_orders.days_to_next_order < {{ days }}, false)
    end as is_purchase_next_{{ days }}d,
    {% endfor -%}
    case
        when customers.known_days >= {{ horizon_days }}
            then {{ is_churned('coalesce(next_orders.count_order_days, 0)') }}
    end as is_churned
from customers
left join next_orders
    on
        customers.customer_id = next_orders.customer_id
        and customers.anchor_date = next_orders.anchor_date
