{#- How many rows the tables of the target's database have, {'schema.name': count}; empty
    where the engine would have to count them. -#}
{% macro table_sizes() -%}
    {{ return(adapter.dispatch('table_sizes', 'segmentation')()) }}
{%- endmacro %}

{% macro default__table_sizes() -%}
    {{ return({}) }}
{%- endmacro %}

{% macro duckdb__table_sizes() -%}
    {%- set sizes = {} -%}
    {%- for row in run_query(
        'select schema_name, table_name, estimated_size from duckdb_tables() '
        ~ 'where database_name = current_database()'
    ).rows -%}
        {%- do sizes.update({row[0] ~ '.' ~ row[1]: row[2] | int}) -%}
    {%- endfor -%}
    {{ return(sizes) }}
{%- endmacro %}
