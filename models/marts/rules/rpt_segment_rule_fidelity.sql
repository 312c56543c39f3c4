select
    ---------- ids
    segment_id,

    ---------- strings
    dimension,
    segment_code,
    segment_name,
    cast(baseline_segment_code as {{ dbt.type_string() }}) as baseline_segment_code,
    cast(verdict as {{ dbt.type_string() }}) as verdict,

    ---------- numerics: of the segment
    cast(count_rules as bigint) as count_rules,
    cast(count_held_out as bigint) as count_held_out,
    cast(count_told as bigint) as count_told,
    cast(segment_precision as double) as segment_precision,
    cast(segment_recall as double) as segment_recall,

    ---------- numerics: of all rules of the dimension
    cast(accuracy as double) as accuracy,
    cast(balanced_accuracy as double) as balanced_accuracy,
    cast(kappa as double) as kappa,
    cast(baseline_accuracy as double) as baseline_accuracy
from {{ for_readers('int_segments__rule_quality') }}
