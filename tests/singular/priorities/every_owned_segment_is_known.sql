-- The owner of a misspelt segment would silently own nothing.
select owners.*
from {{ ref('segment_owners') }} as owners
left join {{ ref('dim_segments') }} as segments
    on
        owners.dimension = segments.dimension
        and owners.segment_code = segments.segment_code
where segments.segment_code is null
