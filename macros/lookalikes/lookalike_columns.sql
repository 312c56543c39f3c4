{#- The columns that lookalikes are found by: the features of the setting, and spend,
    which the naive rule ranks by. -#}
{% macro lookalike_columns() -%}
    {{ return((setting('lookalike_features') + ['lifetime_net_amount']) | unique | list) }}
{%- endmacro %}
