{#- For prospects: observed conversion rate * mean value of those who converted. -#}
{% macro value_at_stake_of_convert() -%}
    {{ return(adapter.dispatch('value_at_stake_of_convert', 'segmentation')()) }}
{%- endmacro %}

{% macro default__value_at_stake_of_convert() -%}
    {{ return({
        'condition': "lifecycle_stage_code = 'prospect'",
        'probability': 'conversion_rate',
        'amount': 'coalesce(converted_value_amount, 0)',
        'observed': 'count_prospects',
        'nobody': 'nobody in it is a prospect',
        'unknown': 'nobody signed up long enough ago to see who converts',
    }) }}
{%- endmacro %}
