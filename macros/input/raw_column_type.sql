{#- The type in which a raw column arrives, in lower case, as the engine names it;
    `string` for the demo's seeds and for absent tables. -#}
{% macro raw_column_type(source_name, table_name, column) -%}
    {%- set columns = {} -%}
    {%- if execute and input_mode() == 'files' -%}
        {%- set files = raw_files(table_name) -%}
        {%- if files -%}
            {%- do columns.update(file_columns(files[0])) -%}
        {%- endif -%}
    {%- elif execute and input_mode() == 'schema' -%}
        {%- set relation = load_relation(source(source_name, table_name)) -%}
        {%- if relation is not none -%}
            {%- for found in adapter.get_columns_in_relation(relation) -%}
                {%- do columns.update({found.name | lower: found.dtype}) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(columns.get(column, 'string') | lower) }}
{%- endmacro %}
