{#- For lapsed customers: probability to return * their past value per value horizon,
    between first and last purchase. -#}
{% macro value_at_stake_of_win_back() -%}
    {{ return(adapter.dispatch('value_at_stake_of_win_back', 'segmentation')()) }}
{%- endmacro %}

{% macro default__value_at_stake_of_win_back() -%}
    {{ return({
        'condition': "lifecycle_stage_code in ('lapsed', 'lost')",
        'probability': '1 - churn_probability',
        'amount': 'former_value_amount',
        'observed': 'null',
        'nobody': 'nobody in it has lapsed',
        'unknown': 'no churn probability is served',
    }) }}
{%- endmacro %}
