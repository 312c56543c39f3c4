{#- Drops what builds leave behind: the rows that an incremental Python model was about to
    add, which dbt-duckdb keeps as a table for good, and whatever a killed build was about
    to put in place. They hold data of customers that nothing would ever erase.

    Only our own models and seeds are looked at, by the names dbt gives such tables. -#}
{% macro drop_left_over_tables() -%}
    {%- if execute -%}
        {%- set ours = [] -%}
        {%- for node in graph.nodes.values() if node.package_name == 'segmentation'
            and node.resource_type in ['model', 'seed'] -%}
            {%- do ours.append(node.alias) -%}
        {%- endfor -%}
        {%- for found in tables_and_views() -%}
            {%- set match = modules.re.fullmatch('(.+)__dbt_(tmp[0-9]*|backup)', found.name) -%}
            {%- if match and match.group(1) in ours -%}
                {%- do adapter.drop_relation(api.Relation.create(
                    database=found.database, schema=found.schema, identifier=found.name,
                    type=found.type
                )) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
