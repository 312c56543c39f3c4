-- A code without a row in dim_segments would have no name on a dashboard.
with

codes as (

    select distinct
        dimension,
        segment_code
    from {{ ref('int_segments__members') }}

)

select codes.*
from codes
left join {{ ref('dim_segments') }} as segments
    on
        codes.dimension = segments.dimension
        and codes.segment_code = segments.segment_code
where segments.segment_code is null
