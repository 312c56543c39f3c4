{#- A condition that always holds, for each reading of a CTE that is read more than once.
    DuckDB hands a filter of the query, such as one customer, on to such a CTE only where
    every reading has a filter of its own on that column. -#}
{% macro passes_filters_on(column) -%}
    {{ return(adapter.dispatch('passes_filters_on', 'segmentation')(column)) }}
{%- endmacro %}

{% macro default__passes_filters_on(column) -%}
    {{ column }} >= ''
{%- endmacro %}
