-- Reasons are written in words, so each feature that a model may learn from, or that is a
-- reason today, needs a label. Missing ones belong in the seed feature_labels.
{%- set features = (
    (feature_names() if execute else []) + probability_features() + [
        'alive_probability', 'expected_order_days_if_alive', 'expected_order_amount',
        'log_alive_probability', 'log_expected_order_days', 'log_expected_order_days_squared',
        'shop_part', 'own_part', 'last_part', '(average customer)', '(all else)',
        '(agreement of horizons)', '(at most one order a day)',
    ]
) | unique %}
-- depends_on: {{ ref('int_customers__features') }}
with

features as (

    {% for feature in features -%}
    select '{{ feature }}' as feature
    union
    {% endfor -%}
    select feature from {{ ref('fct_prediction_reasons') }}
    where feature not like 'purchase_probability_%'

)

select features.feature
from features
left join {{ ref('feature_labels') }} as words
    on features.feature = words.feature
where words.feature is null
