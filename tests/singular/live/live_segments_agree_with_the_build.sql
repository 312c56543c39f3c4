-- Right after a build no new rows have come, so the live view must place everyone as the
-- build did. With an as_of_date in the past this does not hold: rows have come since.
-- In either case each customer is placed once.
with

live as (

    select
        *,
        count(*) over (partition by customer_id) as count_rows
    from {{ ref('live_customer_segments') }}

)

select
    batch.customer_id,
    batch.rfm_segment_code,
    live.rfm_segment_code as live_rfm_segment_code,
    batch.sticky_rfm_segment_code,
    live.sticky_rfm_segment_code as live_sticky_rfm_segment_code,
    batch.value_tier_code,
    live.value_tier_code as live_value_tier_code,
    batch.lifecycle_stage_code,
    live.lifecycle_stage_code as live_lifecycle_stage_code,
    batch.cluster_code,
    live.cluster_code as live_cluster_code,
    live.count_rows
from {{ ref('fct_customer_segments') }} as batch
full outer join live
    on batch.customer_id = live.customer_id
where
    live.count_rows > 1
    or {{ as_of_date() }} is null
    and (
        batch.rfm_segment_code is distinct from live.rfm_segment_code
        or batch.sticky_rfm_segment_code is distinct from live.sticky_rfm_segment_code
        or batch.value_tier_code is distinct from live.value_tier_code
        or batch.lifecycle_stage_code is distinct from live.lifecycle_stage_code
        or batch.cluster_code is distinct from live.cluster_code
    )
