{{ config(materialized="view") }}

-- A column per way of segmenting, on the grid only: the scoring anchor's segments are
-- those of the day, and history takes them in with the next step.
with

segments as (

    select * from {{ ref('int_customers__history_segments') }}

),

anchors as (

    select * from {{ ref('int_history_anchors') }}
    where is_on_grid

)

select
    segments.*,
    segments.lifecycle_stage_code as lifecycle_stage_code_by_earlier_cuts,
    cast(null as {{ dbt.type_string() }}) as cluster_code,
    cast(null as {{ dbt.type_string() }}) as cluster_code_by_earlier_cuts,
    anchors.previous_anchor_date
from segments
inner join anchors
    on segments.anchor_date = anchors.anchor_date
