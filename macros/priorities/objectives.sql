{#- The objectives that segments can be ranked for. The value at stake in a customer
    is probability * amount, over the customers for whom the condition holds; all
    are columns of rpt_segment_priorities. -#}
{% macro objectives() -%}
    {{ return({
        'reduce_churn': value_at_stake_of_reduce_churn(),
        'grow_value': value_at_stake_of_grow_value(),
        'win_back': value_at_stake_of_win_back(),
        'convert': value_at_stake_of_convert(),
    }) }}
{%- endmacro %}
