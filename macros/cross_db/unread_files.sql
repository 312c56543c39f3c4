{#- The data files under `raw_path` that hold no raw table, by name: without this
    check a misspelt file would silently count as absent. -#}
{% macro unread_files() -%}
    {{ return(adapter.dispatch('unread_files', 'segmentation')()) }}
{%- endmacro %}

{% macro duckdb__unread_files() -%}
    {%- set folder = setting('raw_path').rstrip('/') -%}
    {%- set read = [] -%}
    {%- for table in raw_tables() | map(attribute='table') -%}
        {%- for ending in ['.parquet', '.csv', '.csv.gz'] -%}
            {%- do read.append(table ~ ending) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set unread = [] -%}
    {%- for pattern in ['/*', '/*/*.csv', '/*/*.csv.gz'] -%}
        {%- set files = run_query(
            "select file from glob('" ~ (folder ~ pattern).replace("'", "''")
            ~ "') order by file"
        ) -%}
        {%- for file in files.columns[0].values() -%}
            {%- set name = file.replace('\\', '/')[(folder | length) + 1:] -%}
            {%- if name not in read
                and modules.re.search('[.](parquet|csv|csv[.]gz)$', name | lower) -%}
                {%- do unread.append(name) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(unread) }}
{%- endmacro %}
