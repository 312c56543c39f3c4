{#- Reads a file as rows. CSV columns stay text, so that leading zeros and odd values
    reach staging as they are. What DuckDB would otherwise guess from the first rows
    (quotes, comments, lines to skip) is fixed, so that no row is lost to a guess. -#}
{% macro read_files(path) -%}
    {{ return(adapter.dispatch('read_files', 'segmentation')(path)) }}
{%- endmacro %}

{% macro duckdb__read_files(path) -%}
    {%- set quoted = "'" ~ path.replace("'", "''") ~ "'" -%}
    {%- if path.endswith('.parquet') -%}
        {{ return('read_parquet(' ~ quoted ~ ', union_by_name = true)') }}
    {%- else -%}
        {{ return(
            'read_csv(' ~ quoted ~ ", header = true, all_varchar = true, quote = '\"', "
            ~ "escape = '\"', comment = '', skip = 0)"
        ) }}
    {%- endif -%}
{%- endmacro %}
