{{ config(materialized="view") }}

-- One column per way of segmenting, on the grid only: the scoring anchor's segments are
-- those of the day and do not enter history before the next step.
with

segments as (

    select * from {{ ref('int_customers__history_segments') }}

),

clusters as {{ inlined() }} (

    {% if 'cluster' in segment_dimensions() -%}
    select * from {{ ref('int_customers__history_clusters') }}
    {%- else -%}
    -- clusters are not in the setting segment_dimensions and are not learned
    select
        customer_id,
        anchor_date,
        cast(null as bigint) as cluster_id,
        cast(null as bigint) as cluster_id_at_previous_fit,
        cast(null as bigint) as cluster_id_of_earlier_features
    from segments
    where false
    {%- endif %}

),

anchors as (

    select * from {{ ref('int_history_anchors') }}
    where is_on_grid

)

select
    segments.*,
    {{ cluster_code('clusters.cluster_id') }} as cluster_code,
    {{ cluster_code('earlier_clusters.cluster_id') }} as previous_cluster_code,
    {{ cluster_code('clusters.cluster_id_at_previous_fit') }}
        as cluster_code_by_earlier_cuts,
    {{ cluster_code('clusters.cluster_id_of_earlier_features') }}
        as cluster_code_of_earlier_features,
    anchors.previous_anchor_date
from segments
inner join anchors
    on segments.anchor_date = anchors.anchor_date
left join clusters
    on
        segments.customer_id = clusters.customer_id
        and segments.anchor_date = clusters.anchor_date
left join clusters as earlier_clusters
    on
        segments.customer_id = earlier_clusters.customer_id
        and anchors.previous_anchor_date = earlier_clusters.anchor_date
