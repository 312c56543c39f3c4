{#- All tables and views of the target's database, as it has them now and not as dbt has
    cached them: a list of {database, schema, name, type}. Empty on an engine where builds
    leave nothing behind. -#}
{% macro tables_and_views() -%}
    {{ return(adapter.dispatch('tables_and_views', 'segmentation')()) }}
{%- endmacro %}

{% macro default__tables_and_views() -%}
    {{ return([]) }}
{%- endmacro %}

{% macro sparksession__tables_and_views() -%}
    {{ return(adapter.catalog_tables()) }}
{%- endmacro %}

{% macro duckdb__tables_and_views() -%}
    {%- set found = [] -%}
    {%- set rows = run_query(
        "select table_catalog, table_schema, table_name, "
        ~ "case when table_type = 'VIEW' then 'view' else 'table' end "
        ~ "from information_schema.tables where table_catalog = current_database()"
    ).rows -%}
    {%- for row in rows -%}
        {%- do found.append(
            {'database': row[0], 'schema': row[1], 'name': row[2], 'type': row[3]}
        ) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
