{#- Stands before the parenthesis of a step that is read more than once, where each
    reader needs few of its columns: DuckDB would keep it with all of them. -#}
{% macro inlined() -%}
    {{ return(adapter.dispatch('inlined', 'segmentation')()) }}
{%- endmacro %}

{% macro default__inlined() -%}
    {{ return('') }}
{%- endmacro %}

{% macro duckdb__inlined() -%}
    {{ return('not materialized') }}
{%- endmacro %}
