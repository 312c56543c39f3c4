{#- The start of a statement that keeps the rows of a query for the statements after it. -#}
{% macro create_scratch_table(name) -%}
    {{ return(adapter.dispatch('create_scratch_table', 'segmentation')(name)) }}
{%- endmacro %}

{#- Spark keeps the query, and works it out each time. -#}
{% macro default__create_scratch_table(name) -%}
    create or replace temporary view {{ name }} as
{%- endmacro %}

{% macro duckdb__create_scratch_table(name) -%}
    create temporary table {{ name }} as
{%- endmacro %}


{#- Drops what create_scratch_table has made. -#}
{% macro drop_scratch_table(name) -%}
    {{ return(adapter.dispatch('drop_scratch_table', 'segmentation')(name)) }}
{%- endmacro %}

{% macro default__drop_scratch_table(name) -%}
    drop view {{ name }};
{%- endmacro %}

{% macro duckdb__drop_scratch_table(name) -%}
    drop table {{ name }};
{%- endmacro %}
