{#- Whether a file can be read at all, from its first row to its last. -#}
{% macro can_read_file(path) -%}
    {{ return(adapter.dispatch('can_read_file', 'segmentation')(path)) }}
{%- endmacro %}

{#- location_exists is the one place where the adapter turns an error into an answer. -#}
{% macro duckdb__can_read_file(path) -%}
    {{ return(adapter.location_exists(path.replace("'", "''"))) }}
{%- endmacro %}

{#- The column names of a file, in lower case. -#}
{% macro file_columns(path) -%}
    {{ return(adapter.dispatch('file_columns', 'segmentation')(path)) }}
{%- endmacro %}

{% macro duckdb__file_columns(path) -%}
    {%- set described = run_query('describe select * from ' ~ read_files(path)) -%}
    {{ return(described.columns[0].values() | map('lower') | list) }}
{%- endmacro %}
