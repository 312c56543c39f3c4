{#- A raw table without the rows of people who asked to be erased and those that are too old
    to be kept: the rows of the pilot, or all rows without a pilot. Every model reads raw
    tables through this. -#}
{% macro raw_table(source_name, table_name) -%}
    {%- set whole = whole_raw_table(source_name, table_name) -%}
    {%- set conditions = [
        pilot_condition(table_name), erasure_condition(table_name),
        retention_condition(table_name),
    ] | select | list -%}
    {{ return(
        '(select * from ' ~ whole ~ ' where ' ~ conditions | join(' and ') ~ ')'
        if conditions else whole
    ) }}
{%- endmacro %}


{#- A raw table, from wherever the settings point: the demo seed, a file, or a table.
    An absent optional table counts as empty, with the contract's columns, so that its
    models are empty and not broken.

    `source()` is called in every case, because it draws the lineage edge. -#}
{% macro whole_raw_table(source_name, table_name) -%}
    {%- set relation = source(source_name, table_name) -%}
    {%- set mode = input_mode() -%}
    {%- if mode == 'demo' -%}
        {{ ref('raw_' ~ table_name) }}
    {%- elif not execute -%}
        {{ relation }}
    {%- elif mode == 'files' -%}
        {%- set files = raw_files(table_name) -%}
        {%- if files -%}
            {{ within_calendars(read_files(files[0]), file_columns(files[0])) }}
        {%- else -%}
            {{ empty_raw_table(source_name, table_name) }}
        {%- endif -%}
    {%- elif found_relation(relation) is not none -%}
        {{ within_calendars(relation, relation_columns(found_relation(relation))) }}
    {%- else -%}
        {{ empty_raw_table(source_name, table_name) }}
    {%- endif -%}
{%- endmacro %}


{% macro empty_raw_table(source_name, table_name) -%}
    (
        select
            {%- for column in raw_columns(source_name, table_name) %}
            cast(null as {{ dbt.type_string() }}) as {{ column.name }}
            {%- if not loop.last %},{% endif %}
            {%- endfor %}
        where 1 = 0
    )
{%- endmacro %}
