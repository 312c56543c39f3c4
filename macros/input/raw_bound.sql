{#- The type of a bound on a raw column. The raw column is compared as it arrived, so
    that the engine can skip whole blocks of the table; nothing may be done to the
    column itself. Times and whole numbers compare as such, anything else as text, which
    sorts dates that are written year first.

    Bounds only narrow what is read: the rows that pass are still read as staging reads
    them. -#}
{% macro raw_bound_type(source_name, table_name, column) -%}
    {%- set type = raw_column_type(source_name, table_name, column) -%}
    {%- set is_text = not modules.re.match('timestamp|date|(big|small|tiny|huge|u)*int', type) -%}
    {{ return(dbt.type_string() if is_text else type) }}
{%- endmacro %}

{#- A time as a bound on a raw column of times, as a text: the raw column itself is
    compared with it. Text that is not written year first, and seconds since 1970, cannot
    be compared as they arrived: where rows hold such times, the bound lies before all. -#}
{% macro raw_time_bound(time, source_name, table_name, column) -%}
    {%- set type = raw_column_type(source_name, table_name, column) -%}
    {%- set bound = 'cast(' ~ time ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    {%- if modules.re.match('string|varchar|text', type) -%}
    case
        when not exists (
            select 1
            from {{ raw_table(source_name, table_name) }} as raw_rows
            where
                not {{ matches(column, '^[0-9]{4}-') }}
                and {{ read_timestamp(column) }} is not null
        )
            then {{ bound }}
        else ''
    end
    {%- else -%}
    {{ bound }}
    {%- endif -%}
{%- endmacro %}

{#- Keeps the rows of a raw table whose time may lie at or after a bound, a column of a
    one-row relation that `raw_time_bound` made. -#}
{% macro may_be_after(bound, relation, source_name, table_name, column) -%}
    {%- set type = raw_column_type(source_name, table_name, column) -%}
    {%- if modules.re.match('timestamp|date|string|varchar|text', type) -%}
    {{ column }} >= (
        select cast({{ bound }} as {{ raw_bound_type(source_name, table_name, column) }})
        from {{ relation }}
    )
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}
