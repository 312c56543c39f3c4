{#- How the long steps of live segments are kept: as views, which see new orders at once.
    Spark writes out each step wherever it is read before it runs a query, which takes
    minutes and gigabytes: there they are tables, and live segments are those of the
    build. -#}
{% macro live_materialization() -%}
    {{ return(adapter.dispatch('live_materialization', 'segmentation')()) }}
{%- endmacro %}

{% macro default__live_materialization() -%}
    {{ return('table') }}
{%- endmacro %}

{% macro duckdb__live_materialization() -%}
    {{ return('view') }}
{%- endmacro %}
