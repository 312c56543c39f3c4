with

customers as (

    select * from {{ ref('int_customers__profiled') }}

),

members as (

    select * from {{ ref('int_segments__members') }}

),

feature_values as (

    {% for feature in profile_categories() -%}
    select
        customer_id,
        '{{ feature }}' as feature,
        {{ feature }} as feature_value
    from customers
    where {{ feature }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

everyone as (

    select
        feature,
        feature_value,
        count(*) as count_all,
        sum(count(*)) over (partition by feature) as count_all_known
    from feature_values
    group by feature, feature_value

),

known as (

    select
        members.dimension,
        members.segment_code,
        feature_values.feature,
        count(*) as count_known
    from feature_values
    inner join members
        on feature_values.customer_id = members.customer_id
    group by members.dimension, members.segment_code, feature_values.feature

),

here as (

    select
        members.dimension,
        members.segment_code,
        feature_values.feature,
        feature_values.feature_value,
        count(*) as count_here
    from feature_values
    inner join members
        on feature_values.customer_id = members.customer_id
    group by
        members.dimension,
        members.segment_code,
        feature_values.feature,
        feature_values.feature_value

),

-- a category that nobody in the segment has is a finding too
counted as (

    select
        known.dimension,
        known.segment_code,
        known.feature,
        everyone.feature_value,
        known.count_known,
        everyone.count_all_known - known.count_known as count_others,
        coalesce(here.count_here, 0) as count_here,
        everyone.count_all - coalesce(here.count_here, 0) as others_here
    from known
    inner join everyone
        on known.feature = everyone.feature
    left join here
        on
            known.dimension = here.dimension
            and known.segment_code = here.segment_code
            and known.feature = here.feature
            and everyone.feature_value = here.feature_value

),

shared as (

    select
        *,
        cast(count_here as double) / count_known as segment_share,
        cast(others_here as double) / nullif(count_others, 0) as others_share
    from counted

)

select
    dimension,
    segment_code,
    feature,
    feature_value,
    count_known,
    count_others,
    segment_share,
    others_share,
    segment_share - others_share as effect_size,
    {{ newcombe_lower('count_here', 'count_known', 'others_here', 'count_others') }}
        as effect_lower,
    {{ newcombe_upper('count_here', 'count_known', 'others_here', 'count_others') }}
        as effect_upper
from shared
