with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring'

),

rfm as (

    select * from {{ ref('int_customers__rfm') }}

),

lifecycle as (

    select * from {{ ref('int_customers__lifecycle') }}

),

clusters as (

    select * from {{ ref('int_customers__clusters') }}

)

select
    ---------- ids
    customers.customer_id,

    ---------- strings
    cast(coalesce(rfm.segment_code, 'no_purchase') as {{ dbt.type_string() }})
        as rfm_segment_code,
    cast(lifecycle.stage_code as {{ dbt.type_string() }}) as lifecycle_stage_code,
    cast({{ cluster_code('clusters.cluster_id') }} as {{ dbt.type_string() }})
        as cluster_code,

    ---------- numerics
    cast(rfm.recency_score as bigint) as recency_score,
    cast(rfm.frequency_score as bigint) as frequency_score,
    cast(rfm.monetary_score as bigint) as monetary_score,
    cast(clusters.distance_to_centre as double) as cluster_distance,

    ---------- dates
    customers.anchor_date as as_of_date
from customers
left join rfm
    on
        customers.customer_id = rfm.customer_id
        and customers.anchor_date = rfm.anchor_date
left join lifecycle
    on
        customers.customer_id = lifecycle.customer_id
        and customers.anchor_date = lifecycle.anchor_date
left join clusters
    on
        customers.customer_id = clusters.customer_id
        and customers.anchor_date = clusters.anchor_date
