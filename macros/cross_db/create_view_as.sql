{#- Creates a view, as dbt does, but without the name of the database in its SQL: a view then
    reads its neighbours wherever its file is copied, renamed or attached under another
    name. dbt's materializations call this macro for the models of this project. -#}
{% macro create_view_as(relation, sql) -%}
    {%- set query = adapter.dispatch('without_database', 'segmentation')(relation, sql) -%}
    {{ return(adapter.dispatch('create_view_as', 'dbt')(relation, query)) }}
{%- endmacro %}

{% macro default__without_database(relation, sql) -%}
    {{ return(sql) }}
{%- endmacro %}

{% macro duckdb__without_database(relation, sql) -%}
    {%- set inside = '"' ~ modules.re.escape(relation.database) ~ '"[.]("[^"]+"[.]"[^"]+")' -%}
    {{ return(modules.re.sub(inside, '\\1', sql)) }}
{%- endmacro %}
