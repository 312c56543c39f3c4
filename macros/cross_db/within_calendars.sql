{#- Rows, an SQL expression, with null for times before all calendars: -2^63 stands for "no
    time" in the files of some writers, and DuckDB cannot turn it into a text. Where a
    column holds none, it is left as it is, so that blocks of it can be skipped.

    columns: {name: type} -#}
{% macro within_calendars(rows, columns) -%}
    {{ return(adapter.dispatch('within_calendars', 'segmentation')(rows, columns)) }}
{%- endmacro %}

{% macro default__within_calendars(rows, columns) -%}
    {{ return(rows) }}
{%- endmacro %}

{% macro duckdb__within_calendars(rows, columns) -%}
    {%- set replaced = [] -%}
    {%- for column, type in columns.items() if type.startswith('TIMESTAMP') -%}
        {%- set name = adapter.quote(column) -%}
        {%- set first = "timestamp_ns '1677-09-22'" if type == 'TIMESTAMP_NS'
            else "cast(timestamp '290000-01-01 (BC)' as " ~ type ~ ")" -%}
        {%- set is_none = name ~ ' < ' ~ first ~ ' and isfinite(' ~ name ~ ')' -%}
        {%- if run_query('select 1 from ' ~ rows ~ ' where ' ~ is_none ~ ' limit 1').rows -%}
            {%- do replaced.append(
                'case when not (' ~ is_none ~ ') then ' ~ name ~ ' end as ' ~ name
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(
        '(select * replace (' ~ replaced | join(', ') ~ ') from ' ~ rows ~ ')'
        if replaced else rows
    ) }}
{%- endmacro %}
