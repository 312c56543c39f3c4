{#- A relation as the database has it; none where there is no such table or view. -#}
{% macro found_relation(relation) -%}
    {{ return(adapter.dispatch('found_relation', 'segmentation')(relation)) }}
{%- endmacro %}

{% macro default__found_relation(relation) -%}
    {{ return(load_relation(relation)) }}
{%- endmacro %}

{#- dbt tells `ORDERS` and `orders` apart, and stops where it finds one and looks for the
    other; DuckDB does not. -#}
{% macro duckdb__found_relation(relation) -%}
    {%- set conditions = [] -%}
    {%- for column, name in {
        'table_catalog': relation.database, 'table_schema': relation.schema,
        'table_name': relation.identifier,
    }.items() -%}
        {%- do conditions.append(
            'lower(' ~ column ~ ') = lower(' ~ quoted_text(name) ~ ')'
        ) -%}
    {%- endfor -%}
    {%- set rows = run_query(
        'select table_catalog, table_schema, table_name from information_schema.tables where '
        ~ conditions | join(' and ')
    ).rows -%}
    {{ return(
        api.Relation.create(database=rows[0][0], schema=rows[0][1], identifier=rows[0][2])
        if rows else none
    ) }}
{%- endmacro %}
