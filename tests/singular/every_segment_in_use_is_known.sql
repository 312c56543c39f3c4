-- A code without a row in dim_segments shows up nameless on a dashboard.
with

codes as (

    select
        'rfm' as dimension,
        rfm_segment_code as segment_code
    from {{ ref('fct_customer_segments') }}

    union

    select
        'lifecycle' as dimension,
        lifecycle_stage_code as segment_code
    from {{ ref('fct_customer_segments') }}

    union

    select
        'cluster' as dimension,
        cluster_code as segment_code
    from {{ ref('fct_customer_segments') }}
    where cluster_code is not null

)

select codes.*
from codes
left join {{ ref('dim_segments') }} as segments
    on
        codes.dimension = segments.dimension
        and codes.segment_code = segments.segment_code
where segments.segment_code is null
