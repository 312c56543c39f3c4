{#- Writes the rows of a query to a CSV file on this machine, every text in quotes. -#}
{% macro write_csv(query, file) -%}
    {{ return(adapter.dispatch('write_csv', 'segmentation')(query, file)) }}
{%- endmacro %}

{% macro default__write_csv(query, file) -%}
    {{ exceptions.raise_compiler_error(
        "Files are written on DuckDB only, not on " ~ target.type ~ "."
    ) }}
{%- endmacro %}

{% macro duckdb__write_csv(query, file) -%}
    {%- do run_query(
        'copy (' ~ query ~ ') to ' ~ quoted_text(file)
        ~ ' (format csv, header true, force_quote *)'
    ) -%}
{%- endmacro %}
