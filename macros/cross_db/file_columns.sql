{#- The columns of what raw_files found: {name in lower case: type}. -#}
{% macro file_columns(found) -%}
    {{ return(adapter.dispatch('file_columns', 'segmentation')(found)) }}
{%- endmacro %}

{% macro default__file_columns(found) -%}
    {{ return(relation_columns(read_files(found))) }}
{%- endmacro %}

{% macro duckdb__file_columns(found) -%}
    {%- set described = run_query('describe select * from ' ~ read_files(found)) -%}
    {%- set columns = {} -%}
    {%- for row in described.rows -%}
        {%- do columns.update({row[0] | lower: row[1]}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
