{{ config(materialized="view") }}

select
    ---------- ids
    cast(customer_id as {{ dbt.type_string() }}) as customer_id,
    cast(rfm_rule_id as {{ dbt.type_string() }}) as rfm_rule_id,
    cast(cluster_rule_id as {{ dbt.type_string() }}) as cluster_rule_id,

    ---------- strings
    cast(rfm_segment_code as {{ dbt.type_string() }}) as rfm_segment_code,
    cast(sticky_rfm_segment_code as {{ dbt.type_string() }}) as sticky_rfm_segment_code,
    cast(lifecycle_stage_code as {{ dbt.type_string() }}) as lifecycle_stage_code,
    cast(cluster_code as {{ dbt.type_string() }}) as cluster_code,
    cast(value_tier_code as {{ dbt.type_string() }}) as value_tier_code,

    ---------- numerics
    cast(recency_score as bigint) as recency_score,
    cast(frequency_score as bigint) as frequency_score,
    cast(monetary_score as bigint) as monetary_score,
    cast(days_since_last_order as bigint) as days_since_last_order,
    cast(count_orders as bigint) as count_orders,
    cast(lifetime_net_amount as decimal(18, 2)) as lifetime_net_amount,

    ---------- dates
    cast(as_of_date as date) as as_of_date
from {{ for_readers('int_live__segments') }}
