{#- For active customers below the typical customer of the next better segment:
    probability to stay * the value that separates them. -#}
{% macro value_at_stake_of_grow_value() -%}
    {{ return(adapter.dispatch('value_at_stake_of_grow_value', 'segmentation')()) }}
{%- endmacro %}

{% macro default__value_at_stake_of_grow_value() -%}
    {{ return({
        'condition': is_still_customer('lifecycle_stage_code')
            ~ ' and coalesce(expected_value_amount < better_value_amount, has_better)',
        'probability': '1 - churn_probability',
        'amount': 'better_value_amount - expected_value_amount',
        'observed': 'null',
        'nobody': 'nobody in it is a customer still and below a better segment',
        'unknown': 'no churn probability or no value is served',
    }) }}
{%- endmacro %}
