{{ config(severity='warn') }}

-- A name or a lock for a segment that does not exist, or a lock on a segment that cannot
-- be locked, does nothing. Whoever wrote it should know.
select
    decisions.dimension,
    decisions.segment_code,
    decisions.decided_by,
    case
        when segments.segment_id is null then 'there is no such segment'
        else 'only clusters can be locked'
    end as problem
from {{ ref('segment_locks') }} as decisions
left join {{ ref('dim_segments') }} as segments
    on
        decisions.dimension = segments.dimension
        and decisions.segment_code = segments.segment_code
where
    segments.segment_id is null
    or (decisions.is_locked and decisions.dimension <> 'cluster')
