{#- A raw value as text: without white space around it (spaces, tabs, line ends and the
    no-break space of spreadsheets), and null where nothing is left. -#}
{% macro read_text(column) -%}
    nullif(
        trim(
            both ' {{ "\t\r\n\u00a0" }}'
            from cast({{ column }} as {{ dbt.type_string() }})
        ),
        ''
    )
{%- endmacro %}

{#- A raw value as a timestamp in UTC; null where it cannot be read. -#}
{% macro read_timestamp(column) -%}
    {{ utc_timestamp(read_text(column)) }}
{%- endmacro %}

{#- A raw value as a date; null where it cannot be read. -#}
{% macro read_date(column) -%}
    cast({{ utc_timestamp(read_text(column)) }} as date)
{%- endmacro %}

{#- A raw value as an exact number; null where it cannot be read (`12,50`, `NaN`). -#}
{% macro read_number(column) -%}
    try_cast(replace({{ read_text(column) }}, '_', '?') as decimal(18, 4))
{%- endmacro %}

{#- A raw value as a whole number; null where it cannot be read, and for fractions,
    which a cast would round. -#}
{% macro read_integer(column) -%}
    {{ whole_number(read_text(column)) }}
{%- endmacro %}

{#- A raw value as a boolean; null where it cannot be read. -#}
{% macro read_boolean(column) -%}
    try_cast({{ read_text(column) }} as boolean)
{%- endmacro %}

{#- The reader for a data type of the input contract. -#}
{% macro read_value(column, data_type) -%}
    {%- if data_type == 'timestamp' -%} {{ read_timestamp(column) }}
    {%- elif data_type == 'date' -%} {{ read_date(column) }}
    {%- elif data_type == 'decimal(18, 4)' -%} {{ read_number(column) }}
    {%- elif data_type == 'bigint' -%} {{ read_integer(column) }}
    {%- elif data_type == 'boolean' -%} {{ read_boolean(column) }}
    {%- else -%} {{ read_text(column) }}
    {%- endif -%}
{%- endmacro %}
