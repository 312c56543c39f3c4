{#- The horizons, in days from an anchor, over which purchases and amounts are added
    up. -#}
{% macro amount_horizons() -%}
    {{ return([setting('horizon_days'), setting('value_horizon_days')] | unique | list) }}
{%- endmacro %}
