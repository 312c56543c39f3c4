{#- What lies under `raw_path`, looks like data and holds no raw table that is read, by
    name: without this check a misspelt file would silently count as absent. -#}
{% macro unread_files() -%}
    {%- set folder = raw_folder() -%}
    {%- set tables = raw_tables() | map(attribute='table') | list -%}
    {%- set read = [] -%}
    {%- set unread = [] -%}
    {%- for table in tables -%}
        {%- for found in raw_files(table) -%}
            {%- do read.append(found.name) -%}
            {%- do read.extend(found.files) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set data = '(?i)[.](parquet|csv|tsv|txt|json|jsonl|ndjson|avro|orc|feather|arrow|ipc'
        ~ '|xlsx?|dta|sav|sas7bdat|duckdb|db|sqlite)([.](gz|gzip|zst|bz2|xz|snappy|lz4|zip))?$'
        ~ '|[.](gz|zst|bz2|xz|zip|7z|tar|tgz|rar)$' -%}
    {%- set patterns = [] -%}
    {%- for depth in ['/*', '/*/*', '/*/*/*'] -%}
        {%- do patterns.append(literal_path(folder) ~ depth) -%}
    {%- endfor -%}
    {%- for name in listed_files(patterns, folder) -%}
        {%- set first = name.split('/')[0] -%}
        {%- set is_named_so = modules.re.match(
            '(?i)(' ~ tables | join('|') ~ ')([^a-z]|$)', first) -%}
        {%- set is_note = modules.re.search('(^|/)[_.]', name)
            or modules.re.search('(?i)[.](txt|md|sql|py|ya?ml|html?|log|pdf)$', name)
                and not is_named_so -%}
        {%- if name not in read and folder ~ '/' ~ name not in read and not is_note
            and (is_named_so or modules.re.search(data, name)) -%}
            {%- do unread.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(unread) }}
{%- endmacro %}
