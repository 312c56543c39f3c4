{#- What is known of a customer where lookalikes are sought: the features of the setting,
    and spend, which the naive rule beside them ranks by. -#}
{% macro lookalike_columns() -%}
    {{ return((setting('lookalike_features') + ['lifetime_net_amount']) | unique | list) }}
{%- endmacro %}
