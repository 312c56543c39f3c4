with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring'

),

segments as (

    select * from {{ ref('int_customers__history_segments') }}

),

-- who has never bought has no history
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

    select * from {{ ref('int_customers__history_clusters') }}

)

select
    ---------- ids
    customers.customer_id,

    ---------- strings
    cast(coalesce(segments.rfm_segment_code, 'no_purchase') as {{ dbt.type_string() }})
        as rfm_segment_code,
    cast(
        coalesce(segments.sticky_rfm_segment_code, 'no_purchase')
        as {{ dbt.type_string() }}
    ) as sticky_rfm_segment_code,
    cast(
        coalesce(segments.lifecycle_stage_code, prospects.stage_code)
        as {{ dbt.type_string() }}
    ) as lifecycle_stage_code,
    cast(coalesce(segments.value_tier_code, 'none') as {{ dbt.type_string() }})
        as value_tier_code,
    cast({{ cluster_code('clusters.cluster_id') }} as {{ dbt.type_string() }})
        as cluster_code,

    ---------- numerics
    cast(segments.recency_score as bigint) as recency_score,
    cast(segments.frequency_score as bigint) as frequency_score,
    cast(segments.monetary_score as bigint) as monetary_score,
    cast(clusters.cluster_distance as double) as cluster_distance,
    cast(clusters.cluster_confidence as double) as cluster_confidence,

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
