{#- Turns a column that holds a list of structs into rows, one column per field. -#}
{% macro rows_of(column) -%}
    {{ return(adapter.dispatch('rows_of', 'segmentation')(column)) }}
{%- endmacro %}

{% macro default__rows_of(column) -%}
    inline({{ column }})
{%- endmacro %}

{% macro duckdb__rows_of(column) -%}
    unnest({{ column }}, recursive := true)
{%- endmacro %}
