{#- Whether a file can be read at all. -#}
{% macro can_read_file(path) -%}
    {{ return(adapter.dispatch('can_read_file', 'segmentation')(path)) }}
{%- endmacro %}

{#- location_exists is the one place where the adapter turns an error into an
    answer. -#}
{% macro duckdb__can_read_file(path) -%}
    {{ return(adapter.location_exists(path.replace("'", "''"))) }}
{%- endmacro %}

{#- The columns of a file: {name in lower case: type}. -#}
{% macro file_columns(path) -%}
    {{ return(adapter.dispatch('file_columns', 'segmentation')(path)) }}
{%- endmacro %}

{% macro duckdb__file_columns(path) -%}
    {%- set described = run_query('describe select * from ' ~ read_files(path)) -%}
    {%- set columns = {} -%}
    {%- for row in described.rows -%}
        {%- do columns.update({row[0] | lower: row[1]}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{#- The lines of a CSV file that cannot be read, in words, over the whole file. Found
    before the build, so that they do not stop it halfway. -#}
{% macro unreadable_lines(path) -%}
    {{ return(adapter.dispatch('unreadable_lines', 'segmentation')(path)) }}
{%- endmacro %}

{% macro duckdb__unreadable_lines(path) -%}
    {%- if path.endswith('.parquet') -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set reader = read_files(path)[:-1] ~ ", store_rejects = true, rejects_limit = 1000)" -%}
    {%- do run_query('select count(columns(*)) from ' ~ reader) -%}
    {%- set found = run_query(
        "select distinct 'line ' || line || ': ' || lower(error_message), line from "
        ~ "reject_errors order by line limit 3"
    ) -%}
    {%- do run_query('drop table reject_errors') -%}
    {%- do run_query('drop table reject_scans') -%}
    {{ return(found.columns[0].values() | list) }}
{%- endmacro %}
