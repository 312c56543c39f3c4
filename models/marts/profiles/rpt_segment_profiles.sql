select
    ---------- ids
    cast(profile_id as {{ dbt.type_string() }}) as profile_id,
    cast(segment_id as {{ dbt.type_string() }}) as segment_id,

    ---------- strings
    cast(dimension as {{ dbt.type_string() }}) as dimension,
    cast(segment_code as {{ dbt.type_string() }}) as segment_code,
    cast(feature as {{ dbt.type_string() }}) as feature,
    cast(feature_value as {{ dbt.type_string() }}) as feature_value,
    cast(topic as {{ dbt.type_string() }}) as topic,
    cast(least_magnitude as {{ dbt.type_string() }}) as least_magnitude,

    ---------- numerics
    cast(count_customers as bigint) as count_customers,
    cast(count_known as bigint) as count_known,
    cast(count_others as bigint) as count_others,
    cast(segment_mean as double) as segment_mean,
    cast(others_mean as double) as others_mean,
    cast(segment_median as double) as segment_median,
    cast(everyone_median as double) as everyone_median,
    cast(effect_size as double) as effect_size,
    cast(effect_lower as double) as effect_lower,
    cast(effect_upper as double) as effect_upper,
    cast(least_effect as double) as least_effect,
    cast(effect_rank as bigint) as effect_rank,

    ---------- booleans
    is_number,
    is_small,
    is_protected,
    is_made_by,
    is_by_definition,
    sets_apart,

    ---------- dates
    as_of_date
from {{ for_readers('int_segments__profiles') }}
