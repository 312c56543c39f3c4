-- Every segment with every feature, including features known for nobody; ranked by the
-- smallest effect within the interval.
{%- set numbers = feature_names() %}
with

segments as (

    select * from {{ ref('int_segments') }}

),

sizes as (

    select
        dimension,
        segment_code,
        count(*) as count_customers
    from {{ ref('int_segments__members') }}
    group by dimension, segment_code

),

topics as (

    select * from {{ ref('profile_features') }}

),

features as (

    {% for feature in numbers + profile_categories() -%}
    select
        '{{ feature }}' as feature,
        {{ feature in numbers }} as is_number
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- the features that define a segment, and all others of the same topic
made as (

    {% for dimension, features in segment_made_by().items() -%}
    {% set is_last_dimension = loop.last -%}
    {% for feature in features -%}
    select
        '{{ dimension }}' as dimension,
        '{{ feature }}' as feature
    {% if not (loop.last and is_last_dimension) %}union all{% endif %}
    {% endfor -%}
    {% endfor %}

),

made_topics as (

    select distinct
        made.dimension,
        topics.topic
    from made
    inner join topics
        on made.feature = topics.feature

),

compared as (

    select
        dimension,
        segment_code,
        feature,
        cast(null as {{ dbt.type_string() }}) as feature_value,
        count_known,
        count_others,
        segment_mean,
        others_mean,
        segment_median,
        everyone_median,
        effect_size,
        effect_lower,
        effect_upper
    from {{ ref('int_segments__number_profiles') }}

    union all

    select
        dimension,
        segment_code,
        feature,
        feature_value,
        count_known,
        count_others,
        segment_share as segment_mean,
        others_share as others_mean,
        cast(null as double) as segment_median,
        cast(null as double) as everyone_median,
        effect_size,
        effect_lower,
        effect_upper
    from {{ ref('int_segments__category_profiles') }}

),

joined as (

    select
        segments.segment_id,
        segments.dimension,
        segments.segment_code,
        features.feature,
        compared.feature_value,
        topics.topic,
        coalesce(sizes.count_customers, 0) as count_customers,
        coalesce(compared.count_known, 0) as count_known,
        coalesce(compared.count_others, 0) as count_others,
        compared.segment_mean,
        compared.others_mean,
        compared.segment_median,
        compared.everyone_median,
        compared.effect_size,
        compared.effect_lower,
        compared.effect_upper,
        case
            when compared.effect_lower > 0 then compared.effect_lower
            when compared.effect_upper < 0 then compared.effect_upper
            when compared.effect_lower <= 0 and compared.effect_upper >= 0 then 0
        end as least_effect,
        features.is_number,
        coalesce(topics.is_protected, false) as is_protected,
        made.feature is not null as is_made_by,
        made_topics.topic is not null as is_by_definition
    from segments
    cross join features
    left join sizes
        on
            segments.dimension = sizes.dimension
            and segments.segment_code = sizes.segment_code
    left join topics
        on features.feature = topics.feature
    left join made
        on
            segments.dimension = made.dimension
            and features.feature = made.feature
    left join made_topics
        on
            segments.dimension = made_topics.dimension
            and topics.topic = made_topics.topic
    left join compared
        on
            segments.dimension = compared.dimension
            and segments.segment_code = compared.segment_code
            and features.feature = compared.feature

),

ranked as (

    select
        *,
        case
            when least_effect is not null and not is_protected
                then row_number() over (
                    partition by segment_id
                    order by
                        case when is_protected then null else abs(least_effect) end
                        desc nulls last,
                        abs(effect_size) desc nulls last,
                        feature asc,
                        feature_value asc nulls first
                )
        end as effect_rank
    from joined

),

as_of as (

    select anchor_date
    from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

)

select
    ---------- ids
    ranked.segment_id || ':' || ranked.feature
    || coalesce(':' || ranked.feature_value, '') as profile_id,
    ranked.segment_id,

    ---------- strings
    ranked.dimension,
    ranked.segment_code,
    ranked.feature,
    ranked.feature_value,
    ranked.topic,
    {{ effect_magnitude('ranked.least_effect') }} as least_magnitude,

    ---------- numerics
    ranked.count_customers,
    ranked.count_known,
    ranked.count_others,
    round(ranked.segment_mean, 6) as segment_mean,
    round(ranked.others_mean, 6) as others_mean,
    round(ranked.segment_median, 6) as segment_median,
    round(ranked.everyone_median, 6) as everyone_median,
    round(ranked.effect_size, 6) as effect_size,
    round(ranked.effect_lower, 6) as effect_lower,
    round(ranked.effect_upper, 6) as effect_upper,
    round(ranked.least_effect, 6) as least_effect,
    ranked.effect_rank,

    ---------- booleans
    ranked.is_number,
    {{ is_small_segment('ranked.count_customers') }} as is_small,
    ranked.is_protected,
    ranked.is_made_by,
    ranked.is_by_definition,
    coalesce(
        abs(ranked.least_effect) > {{ trivial_effect() }}
        and not ranked.is_protected,
        false
    ) as sets_apart,

    ---------- dates
    as_of.anchor_date as as_of_date
from ranked
left join as_of
    on 1 = 1
