select
    ---------- ids
    customer_id,

    ---------- strings
    cast(rfm_segment_code as {{ dbt.type_string() }}) as rfm_segment_code,
    cast(sticky_rfm_segment_code as {{ dbt.type_string() }}) as sticky_rfm_segment_code,
    cast(lifecycle_stage_code as {{ dbt.type_string() }}) as lifecycle_stage_code,
    cast(value_tier_code as {{ dbt.type_string() }}) as value_tier_code,
    cast(cluster_code as {{ dbt.type_string() }}) as cluster_code,

    ---------- numerics
    cast(recency_score as bigint) as recency_score,
    cast(frequency_score as bigint) as frequency_score,
    cast(monetary_score as bigint) as monetary_score,
    cast(cluster_distance as double) as cluster_distance,
    cast(cluster_confidence as double) as cluster_confidence,

    ---------- dates
    as_of_date
from {{ for_readers('int_customers__segments') }}
