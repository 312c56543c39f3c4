-- The stages in use, at every anchor of history: none missing, all with a name.
select
    customers.customer_id,
    customers.anchor_date,
    customers.lifecycle_stage_code
from {{ ref('int_customers__history_segments') }} as customers
left join {{ ref('segments') }} as segments
    on
        customers.lifecycle_stage_code = segments.segment_code
        and segments.dimension = 'lifecycle'
where segments.segment_code is null
