{#- For active customers worth keeping: churn probability * expected value, the part of
    their expected value that is lost if they buy nothing within the horizon. -#}
{% macro value_at_stake_of_reduce_churn() -%}
    {{ return(adapter.dispatch('value_at_stake_of_reduce_churn', 'segmentation')()) }}
{%- endmacro %}

{% macro default__value_at_stake_of_reduce_churn() -%}
    {{ return({
        'condition': is_still_customer('lifecycle_stage_code')
            ~ ' and coalesce(expected_value_amount > 0, true)',
        'probability': 'churn_probability',
        'amount': 'expected_value_amount',
        'observed': 'null',
        'nobody': 'nobody in it is a customer still and worth keeping',
        'unknown': 'no churn probability or no value is served',
    }) }}
{%- endmacro %}
