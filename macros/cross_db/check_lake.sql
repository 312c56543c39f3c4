{#- Runs before anything is built: stops where the lake that the marts are to be published to
    is not there, since the publication is the last node of all. -#}
{% macro check_lake() -%}
    {{ return(adapter.dispatch('check_lake', 'segmentation')()) }}
{%- endmacro %}

{#- Other engines publish nothing, and say so. -#}
{% macro default__check_lake() -%}
{%- endmacro %}

{% macro duckdb__check_lake() -%}
    {%- set lake = setting('publish_lake') -%}
    {%- if execute and lake -%}
        {%- set lakes = run_query(
            "select database_name from duckdb_databases() where type = 'ducklake'"
        ).columns[0].values() -%}
        {%- if lake not in lakes -%}
            {{ exceptions.raise_compiler_error(
                "publish_lake is " ~ lake ~ ", and the target " ~ target.name
                ~ " of the profile attaches "
                ~ ("these lakes: " ~ lakes | join(', ') if lakes else 'no lake')
                ~ ". Nothing was built. docs/ducklake.md tells how a lake is attached; "
                ~ "--target lake does so in the profile of this project."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
