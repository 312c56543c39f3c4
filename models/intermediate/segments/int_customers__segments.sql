{%- set dimensions = segment_dimensions() | list %}
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring'

),

segments as (

    select * from {{ ref('int_customers__history_segments') }}

),

-- customers who have never bought have no history
nobody as (

    select
        {% for name in lifecycle_features() -%}
        cast(null as bigint) as {{ name }},
        {% endfor -%}
        true as is_nobody

),

prospects as (

    select rules.stage_code
    from nobody
    inner join {{ ref('lifecycle_stages') }} as rules
        on {{ is_in_stage('nobody', 'rules') }}

),

clusters as (

    {% if 'cluster' in dimensions -%}
    select * from {{ ref('int_customers__history_clusters') }}
    {%- else -%}
    -- clusters are not in the setting segment_dimensions and are not learned
    select
        customer_id,
        anchor_date,
        cast(null as bigint) as cluster_id,
        cast(null as double) as cluster_distance,
        cast(null as double) as cluster_confidence
    from customers
    where false
    {%- endif %}

)

select
    ---------- ids
    customers.customer_id,

    ---------- strings
    {{ if_segmented_by('rfm', "coalesce(segments.rfm_segment_code, 'no_purchase')") }}
        as rfm_segment_code,
    {{ if_segmented_by(
        'rfm_sticky',
        "coalesce(segments.sticky_rfm_segment_code, 'no_purchase')"
    ) }}
        as sticky_rfm_segment_code,
    {{ if_segmented_by(
        'lifecycle',
        "coalesce(segments.lifecycle_stage_code, prospects.stage_code)"
    ) }}
        as lifecycle_stage_code,
    {{ if_segmented_by('value_tier', "coalesce(segments.value_tier_code, 'none')") }}
        as value_tier_code,
    {{ cluster_code('clusters.cluster_id') }} as cluster_code,

    ---------- numerics
    segments.recency_score,
    segments.frequency_score,
    segments.monetary_score,
    clusters.cluster_distance,
    clusters.cluster_confidence,

    ---------- dates
    customers.anchor_date as as_of_date
from customers
left join prospects
    on 1 = 1
left join segments
    on
        customers.customer_id = segments.customer_id
        and customers.anchor_date = segments.anchor_date
left join clusters
    on
        customers.customer_id = clusters.customer_id
        and customers.anchor_date = clusters.anchor_date
