{#- The files under `raw_path` that hold one raw table: `orders.parquet`, `orders.csv`,
    `orders.csv.gz`, or the Parquet files in a folder `orders/`. One is right, none
    means absent, more than one is ambiguous, which check_inputs reports. -#}
{% macro raw_files(table_name) -%}
    {{ return(adapter.dispatch('raw_files', 'segmentation')(table_name)) }}
{%- endmacro %}

{% macro default__raw_files(table_name) -%}
    {{ exceptions.raise_compiler_error(
        "raw_path reads files on DuckDB only: on " ~ target.type ~ " load the raw tables "
        ~ "into a schema and set raw_schema."
    ) }}
{%- endmacro %}

{% macro duckdb__raw_files(table_name) -%}
    {%- set found = [] -%}
    {%- for ending in ['.parquet', '.csv', '.csv.gz', '/*.parquet'] -%}
        {%- set pattern = setting('raw_path').rstrip('/') ~ '/' ~ table_name ~ ending -%}
        {%- set hits = run_query(
            "select count(*) from glob('" ~ pattern.replace("'", "''") ~ "')"
        ) -%}
        {%- if hits.rows[0][0] > 0 -%}
            {%- do found.append(pattern) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
