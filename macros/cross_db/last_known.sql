{#- A window function: the last value of a column that is not null. `over (…)` follows. -#}
{% macro last_known(column) -%}
    {{ return(adapter.dispatch('last_known', 'segmentation')(column)) }}
{%- endmacro %}

{% macro default__last_known(column) -%}
    last_value({{ column }}, true)
{%- endmacro %}

{% macro duckdb__last_known(column) -%}
    last_value({{ column }} ignore nulls)
{%- endmacro %}
