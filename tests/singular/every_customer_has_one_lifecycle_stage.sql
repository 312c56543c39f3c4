-- The stages in use, at every anchor: none missing, none twice, all with a name.
with

segments as (

    select segment_code
    from {{ ref('segments') }}
    where dimension = 'lifecycle'

)

select
    customers.customer_id,
    customers.anchor_date,
    count(segments.segment_code) as count_stages
from {{ ref('int_customers__anchors') }} as customers
left join {{ ref('int_customers__lifecycle') }} as lifecycle
    on
        customers.customer_id = lifecycle.customer_id
        and customers.anchor_date = lifecycle.anchor_date
left join segments
    on lifecycle.stage_code = segments.segment_code
group by customers.customer_id, customers.anchor_date
having count(segments.segment_code) <> 1
