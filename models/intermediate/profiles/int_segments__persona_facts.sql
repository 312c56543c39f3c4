-- Facts state medians, because amounts and counts are skewed; they state means where
-- the medians read the same or point the other way than the effect. A distinguishing
-- fact must show in the means too: a customer with many orders rarely has a share of 0.
{%- set mean_format -%}
    case
        when not profiles.is_number then 'share'
        when formats.format = 'count' then 'number'
        else formats.format
    end
{%- endset %}
with

profiles as (

    select * from {{ ref('int_segments__profiles') }}

),

features as (

    select * from {{ ref('profile_features') }}

),

formats as (

    select * from {{ ref('feature_labels') }}

),

worded as (

    select
        {% for figure, format in {
            'segment_median': 'formats.format',
            'everyone_median': 'formats.format',
            'segment_mean': mean_format,
            'others_mean': mean_format,
        }.items() -%}
        {{ format_number(
            'profiles.' ~ figure, format, 'formats.unit', 'formats.units'
        ) }} as {{ figure }}_words,
        {% endfor -%}
        profiles.*,
        features.section,
        features.feature_order,
        features.feature_name,
        features.words,
        case
            when profiles.effect_size < 0 then features.less_words
            else features.more_words
        end as apart_words
    from profiles
    inner join features
        on profiles.feature = features.feature
    left join formats
        on profiles.feature = formats.feature
    where
        profiles.count_known > 0
        -- equal for all customers, for instance visits where none are recorded
        and coalesce(
            profiles.effect_size <> 0
            or profiles.segment_mean <> profiles.others_mean
            or not profiles.is_number,
            true
        )

),

chosen as (

    select
        *,
        coalesce(
            segment_median_words <> everyone_median_words
            and (segment_median > everyone_median) = (effect_size > 0),
            false
        ) as is_median_told
    from worded

)

select
    segment_id,
    feature,
    feature_value,
    topic,
    section,
    feature_order,
    feature_name,
    words,
    apart_words,
    case when is_median_told then 'segment_median' else 'segment_mean' end
        as segment_figure,
    case when is_median_told then segment_median else segment_mean end
        as segment_told,
    case when is_median_told then segment_median_words else segment_mean_words end
        as segment_words,
    case when is_median_told then 'everyone_median' else 'others_mean' end
        as compared_figure,
    case when is_median_told then everyone_median else others_mean end
        as compared_told,
    case when is_median_told then everyone_median_words else others_mean_words end
        as compared_words,
    count_known,
    count_others,
    effect_size,
    least_effect,
    effect_rank,
    is_number,
    is_made_by,
    is_by_definition,
    sets_apart
    and (segment_mean > others_mean) = (effect_size > 0)
    and (is_median_told or segment_mean_words <> others_mean_words) as is_distinguishing
from chosen
