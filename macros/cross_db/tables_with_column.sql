{#- The tables of the target's database that have a column, as `schema.name`; empty on an
    engine that would have to look at each. Views are left out: they hold nothing. -#}
{% macro tables_with_column(column) -%}
    {{ return(adapter.dispatch('tables_with_column', 'segmentation')(column)) }}
{%- endmacro %}

{% macro default__tables_with_column(column) -%}
    {{ return([]) }}
{%- endmacro %}

{% macro sparksession__tables_with_column(column) -%}
    {%- set found = [] -%}
    {%- for table in adapter.catalog_tables() if table.type == 'table'
        and column in table.columns -%}
        {%- do found.append(table.schema ~ '.' ~ table.name) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{% macro duckdb__tables_with_column(column) -%}
    {{ return(run_query(
        "select table_schema || '.' || table_name from information_schema.columns "
        ~ "inner join information_schema.tables using "
        ~ "(table_catalog, table_schema, table_name) "
        ~ "where table_catalog = current_database() and table_type = 'BASE TABLE' "
        ~ "and column_name = " ~ quoted_text(column)
    ).columns[0].values() | list) }}
{%- endmacro %}
