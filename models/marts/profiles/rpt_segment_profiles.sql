with

profiles as (

    select * from {{ ref('int_segments__profiles') }}

),

as_of as (

    select anchor_date
    from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

)

select
    ---------- ids
    cast(
        profiles.segment_id || ':' || profiles.feature
        || coalesce(':' || profiles.feature_value, '')
        as {{ dbt.type_string() }}
    ) as profile_id,
    cast(profiles.segment_id as {{ dbt.type_string() }}) as segment_id,

    ---------- strings
    cast(profiles.dimension as {{ dbt.type_string() }}) as dimension,
    cast(profiles.segment_code as {{ dbt.type_string() }}) as segment_code,
    cast(profiles.feature as {{ dbt.type_string() }}) as feature,
    cast(profiles.feature_value as {{ dbt.type_string() }}) as feature_value,
    cast(profiles.topic as {{ dbt.type_string() }}) as topic,
    cast({{ effect_magnitude('profiles.least_effect') }} as {{ dbt.type_string() }})
        as least_magnitude,

    ---------- numerics
    cast(profiles.count_customers as bigint) as count_customers,
    cast(profiles.count_known as bigint) as count_known,
    cast(profiles.count_others as bigint) as count_others,
    cast(round(profiles.segment_mean, 6) as double) as segment_mean,
    cast(round(profiles.others_mean, 6) as double) as others_mean,
    cast(round(profiles.segment_median, 6) as double) as segment_median,
    cast(round(profiles.everyone_median, 6) as double) as everyone_median,
    cast(round(profiles.effect_size, 6) as double) as effect_size,
    cast(round(profiles.effect_lower, 6) as double) as effect_lower,
    cast(round(profiles.effect_upper, 6) as double) as effect_upper,
    cast(round(profiles.least_effect, 6) as double) as least_effect,
    cast(profiles.effect_rank as bigint) as effect_rank,

    ---------- booleans
    profiles.is_number,
    {{ is_small_segment('profiles.count_customers') }} as is_small,
    profiles.is_protected,
    profiles.is_made_by,
    profiles.is_by_definition,
    coalesce(
        abs(profiles.least_effect) > {{ trivial_effect() }}
        and not profiles.is_protected,
        false
    ) as sets_apart,

    ---------- dates
    as_of.anchor_date as as_of_date
from profiles
left join as_of
    on 1 = 1
