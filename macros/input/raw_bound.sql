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

{#- Keeps the rows of a raw table whose time may lie at or after a bound, a column of a
    one-row relation. Text that is not written year first, and seconds since 1970, cannot
    be compared as they arrived: such rows are all kept. -#}
{% macro may_be_after(bound, relation, source_name, table_name, column) -%}
    {%- set type = raw_column_type(source_name, table_name, column) -%}
    {%- set is_time = modules.re.match('timestamp|date', type) -%}
    {%- set is_text = modules.re.match('string|varchar|text', type) -%}
    {%- if not is_time and not is_text -%}
    1 = 1
    {%- else -%}
    (
        {{ column }} >= (
            select cast({{ bound }} as {{ type if is_time else dbt.type_string() }})
            from {{ relation }}
        )
        {%- if is_text %}
        or not {{ matches(column, '^[0-9]{4}-') }}
        {%- endif %}
    )
    {%- endif -%}
{%- endmacro %}
