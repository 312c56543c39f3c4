{#- The columns of a table as the database has it now, {name: type}; none where there is
    no such table, or where the engine names types in words of its own. -#}
{% macro stored_columns(schema, table) -%}
    {{ return(adapter.dispatch('stored_columns', 'segmentation')(schema, table)) }}
{%- endmacro %}

{% macro default__stored_columns(schema, table) -%}
    {{ return({}) }}
{%- endmacro %}

{% macro duckdb__stored_columns(schema, table) -%}
    {%- set columns = {} -%}
    {%- set rows = run_query(
        "select column_name, data_type from information_schema.columns"
        ~ " where table_catalog = '" ~ target.database ~ "' and table_schema = '" ~ schema
        ~ "' and table_name = '" ~ table ~ "'"
    ).rows -%}
    {%- for row in rows -%}
        {%- do columns.update({row[0]: row[1]}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
