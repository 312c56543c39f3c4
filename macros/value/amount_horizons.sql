{#- Within how many days of an anchor purchases and their amounts are added up. -#}
{% macro amount_horizons() -%}
    {{ return([var('horizon_days'), var('value_horizon_days')] | unique | list) }}
{%- endmacro %}
