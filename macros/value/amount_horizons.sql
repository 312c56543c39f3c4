{#- Within how many days of an anchor purchases and their amounts are added up. -#}
{% macro amount_horizons() -%}
    {{ return([setting('horizon_days'), setting('value_horizon_days')] | unique | list) }}
{%- endmacro %}
