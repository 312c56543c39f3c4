{{ config(materialized='view') }}

with

alignment as (

    select * from {{ ref('int_cluster_fits__alignment') }}

),

clusters as (

    select * from {{ ref('int_cluster_fits__clusters') }}

)

select
    ---------- ids
    alignment.fit_id || ':' || {{ cluster_code('alignment.cluster_id') }} as alignment_id,
    alignment.fit_id,

    ---------- strings
    {{ cluster_code('alignment.cluster_id') }} as segment_code,
    {{ cluster_code('alignment.previous_cluster_id') }} as previous_segment_code,
    alignment.state as alignment_state,
    clusters.suggested_name,

    ---------- numerics
    round(alignment.overlap, 6) as overlap,
    round(alignment.centre_shift, 6) as centre_shift,
    alignment.count_customers,
    alignment.count_previous_customers,
    clusters.customer_share,

    ---------- booleans
    coalesce(clusters.is_locked, false) as is_locked,

    ---------- dates
    alignment.fit_date
from alignment
left join clusters
    on
        alignment.fit_id = clusters.fit_id
        and alignment.cluster_id = clusters.cluster_id
