{{ config(severity='warn') }}

-- A name or a lock for a segment that there is not, or a lock on what cannot be locked,
-- does nothing: somebody should be told.
select
    locks.dimension,
    locks.segment_code,
    locks.decided_by,
    case
        when segments.segment_id is null then 'there is no such segment'
        else 'only clusters can be locked'
    end as problem
from {{ ref('segment_locks') }} as locks
left join {{ ref('dim_segments') }} as segments
    on
        locks.dimension = segments.dimension
        and locks.segment_code = segments.segment_code
where
    segments.segment_id is null
    or (locks.is_locked and locks.dimension <> 'cluster')
