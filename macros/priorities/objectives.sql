{#- What segments can be ranked for, and what is at stake in a customer then: probability
    * amount, of those for whom the condition holds, columns of rpt_segment_priorities. -#}
{% macro objectives() -%}
    {{ return({
        'reduce_churn': value_at_stake_of_reduce_churn(),
        'grow_value': value_at_stake_of_grow_value(),
        'win_back': value_at_stake_of_win_back(),
        'convert': value_at_stake_of_convert(),
    }) }}
{%- endmacro %}
