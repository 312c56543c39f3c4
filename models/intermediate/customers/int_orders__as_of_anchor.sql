with

customers_anchors as (

    select * from {{ ref('int_customers__anchors') }}

),

versions as (

    select * from {{ ref('int_orders__versions') }}

)

select
    ---------- ids
    versions.customer_id,
    customers_anchors.anchor_date,
    versions.order_id,

    ---------- strings
    versions.channel,
    versions.promotion_code,

    ---------- numerics
    versions.count_products,
    versions.total_units,
    versions.gross_amount,
    versions.discount_amount,
    versions.net_amount,
    {{ dbt.datediff('versions.order_date', 'customers_anchors.anchor_date', 'day') }}
        as days_before_anchor,

    ---------- dates
    versions.order_date,

    ---------- timestamps
    versions.ordered_at
from customers_anchors
inner join versions
    on
        customers_anchors.customer_id = versions.customer_id
        and {{ is_known_version('versions', 'customers_anchors.anchor_date') }}
