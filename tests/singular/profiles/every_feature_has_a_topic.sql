-- Personas never mention a feature without a row in the seed profile_features. Without a
-- topic, it may seem to set a segment apart that is defined by the same thing.
{%- set features = feature_names() + profile_categories() %}
-- depends_on: {{ ref('int_customers__features') }}
with

features as (

    {% for feature in features -%}
    select '{{ feature }}' as feature
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select features.feature
from features
left join {{ ref('profile_features') }} as topics
    on features.feature = topics.feature
where topics.feature is null
