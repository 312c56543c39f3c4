with

customers as (

    select * from {{ ref('int_customers__features') }}

),

cut_points as (

    select * from {{ ref('int_rfm__cut_points') }}

),

cells as (

    select * from {{ ref('rfm_cells') }}

),

scored as (

    select
        customers.customer_id,
        customers.anchor_date,
        {{ rfm_score(
            'recency', 'customers.days_since_last_order', is_lower_better=true
        ) }} as recency_score,
        {{ rfm_score('frequency', 'customers.count_orders') }} as frequency_score,
        {{ rfm_score('monetary', 'customers.lifetime_net_amount') }} as monetary_score
    from customers
    inner join cut_points
        on customers.anchor_date = cut_points.anchor_date
    where customers.count_orders > 0

)

select
    scored.customer_id,
    scored.anchor_date,
    cells.segment_code,
    scored.recency_score,
    scored.frequency_score,
    scored.monetary_score
from scored
left join cells
    on
        scored.recency_score = cells.recency_score
        and scored.frequency_score = cells.frequency_score
        and scored.monetary_score = cells.monetary_score
