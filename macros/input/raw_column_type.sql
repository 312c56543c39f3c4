{#- The type in which a raw column arrives, in lower case, as the engine names it;
    `string` for the demo's seeds and for absent tables. -#}
{% macro raw_column_type(source_name, table_name, column) -%}
    {{ return(raw_column_types(source_name, table_name).get(column, 'string') | lower) }}
{%- endmacro %}


{#- The columns of a raw table as they arrive, {name in lower case: type}; none of the
    demo's seeds and of absent tables. -#}
{% macro raw_column_types(source_name, table_name) -%}
    {%- set columns = {} -%}
    {%- if execute and input_mode() == 'files' -%}
        {%- set files = raw_files(table_name) -%}
        {%- if files -%}
            {%- do columns.update(file_columns(files[0])) -%}
        {%- endif -%}
    {%- elif execute and input_mode() == 'schema' -%}
        {%- set relation = found_relation(source(source_name, table_name)) -%}
        {%- if relation is not none -%}
            {%- do columns.update(relation_columns(relation)) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}


{#- The columns of a table or view, {name in lower case: type}. -#}
{% macro relation_columns(relation) -%}
    {%- set columns = {} -%}
    {%- for found in adapter.get_columns_in_relation(relation) -%}
        {%- do columns.update({found.name | lower: found.dtype}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
