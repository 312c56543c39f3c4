-- At every date of history, each customer is in one stage, and the stage has a name.
with

customers as (

    select * from {{ ref('int_customers__history_features') }}

),

stages as (

    select
        placed.customer_id,
        placed.anchor_date,
        segments.segment_code
    from {{ ref('int_customers__history_segments') }} as placed
    inner join {{ ref('segments') }} as segments
        on
            placed.lifecycle_stage_code = segments.segment_code
            and segments.dimension = 'lifecycle'

)

select
    customers.customer_id,
    customers.anchor_date,
    count(stages.segment_code) as count_stages
from customers
left join stages
    on
        customers.customer_id = stages.customer_id
        and customers.anchor_date = stages.anchor_date
group by
    customers.customer_id,
    customers.anchor_date
having count(stages.segment_code) <> 1
