select
    ---------- ids
    customer_id,
    cast(rfm_rule_id as {{ dbt.type_string() }}) as rfm_rule_id,
    cast(cluster_rule_id as {{ dbt.type_string() }}) as cluster_rule_id,

    ---------- strings: why the customer is in the segment
    cast(rfm_segment_code as {{ dbt.type_string() }}) as rfm_segment_code,
    cast(rfm_segment_name as {{ dbt.type_string() }}) as rfm_segment_name,
    cast(rfm_path as {{ dbt.type_string() }}) as rfm_path,
    cast(rfm_rule as {{ dbt.type_string() }}) as rfm_rule,
    cast(cluster_rule as {{ dbt.type_string() }}) as cluster_rule,

    ---------- strings: what would lead to a better segment
    cast(next_segment_code as {{ dbt.type_string() }}) as next_segment_code,
    cast(next_segment_name as {{ dbt.type_string() }}) as next_segment_name,
    cast(change_needed as {{ dbt.type_string() }}) as change_needed,
    cast(no_change_reason as {{ dbt.type_string() }}) as no_change_reason,

    ---------- numerics
    cast(rfm_rule_precision as double) as rfm_rule_precision,
    cast(cluster_rule_precision as double) as cluster_rule_precision,
    cast(orders_needed as bigint) as orders_needed,
    cast(within_days as bigint) as within_days,
    cast(order_amount as decimal(18, 2)) as order_amount,
    cast(extra_amount as decimal(18, 2)) as extra_amount,
    cast(expected_order_days as double) as expected_order_days,

    ---------- dates
    cast(as_of_date as date) as as_of_date
from {{ for_readers('int_customers__segment_explanations') }}
