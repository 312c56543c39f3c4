select
    ---------- ids
    cast(rule_id as {{ dbt.type_string() }}) as rule_id,

    ---------- strings
    cast(dimension as {{ dbt.type_string() }}) as dimension,
    cast(segment_code as {{ dbt.type_string() }}) as segment_code,
    cast(segment_name as {{ dbt.type_string() }}) as segment_name,
    cast(rule_in_words as {{ dbt.type_string() }}) as rule_in_words,
    cast(sql_condition as {{ dbt.type_string() }}) as sql_condition,
    cast(verdict as {{ dbt.type_string() }}) as verdict,

    ---------- numerics: of the rule
    cast(rule_number as bigint) as rule_number,
    cast(count_customers as bigint) as count_customers,
    cast(customer_share as double) as customer_share,
    cast(count_held_out as bigint) as count_held_out,
    cast(rule_precision as double) as rule_precision,

    ---------- numerics: of all rules of the dimension
    cast(dimension_count_held_out as bigint) as dimension_count_held_out,
    cast(accuracy as double) as accuracy,
    cast(balanced_accuracy as double) as balanced_accuracy,
    cast(kappa as double) as kappa,
    cast(baseline_accuracy as double) as baseline_accuracy,

    ---------- dates
    cast(as_of_date as date) as as_of_date
from {{ for_readers('int_segments__rule_report') }}
