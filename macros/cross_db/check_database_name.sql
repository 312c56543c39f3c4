{#- Runs before anything is built: stops where the database is called as one of its schemas,
    since every query of `marts.dim_customers` would be ambiguous. -#}
{% macro check_database_name() -%}
    {{ return(adapter.dispatch('check_database_name', 'segmentation')()) }}
{%- endmacro %}

{% macro default__check_database_name() -%}
{%- endmacro %}

{% macro duckdb__check_database_name() -%}
    {%- set name = target.database -%}
    {%- set schemas = ['main', 'information_schema', 'pg_catalog'] -%}
    {%- for node in (graph.nodes.values() | list + graph.sources.values() | list
        if execute else []) if node.schema -%}
        {%- do schemas.append(node.schema | lower) -%}
    {%- endfor -%}
    {%- if name | lower in schemas -%}
        {{ exceptions.raise_compiler_error(
            "The database is called " ~ name ~ ", as a schema in it is: a query of "
            ~ name ~ ".dim_customers could mean either. Nothing was built. Call its file "
            ~ "otherwise, for instance segmentation.duckdb (SEGMENTATION_DUCKDB_PATH, or "
            ~ "`path` in profiles.yml)."
        ) }}
    {%- endif -%}
{%- endmacro %}
