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

{#- A raw value as the time that clocks in the shop show (`shop_time_zone`); null where it
    cannot be read. A time that carries no offset is of `raw_time_zone`; a day alone is a
    day of the shop. -#}
{% macro read_timestamp(column) -%}
    {%- set text = read_text(column) -%}
    {%- set shop, raw = setting('shop_time_zone'), setting('raw_time_zone') -%}
    {%- set time = written_time(text) -%}
    case
        when {{ has_offset(text) }}
            then {{ time_in_zone(time_in_utc(time, text), 'UTC', shop) }}
        {%- if shop != raw %}
        when {{ is_day_alone(text) }} then {{ time }}
        {%- endif %}
        else {{ time_in_zone(time, raw, shop) }}
    end
{%- endmacro %}

{#- A raw value as a date, as it is written; null where it cannot be read. -#}
{% macro read_date(column) -%}
    cast({{ written_time(read_text(column)) }} as date)
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

{#- The status of a raw order; `default_status` where it names none. -#}
{% macro read_status() -%}
    {{ cased_or_default('lower', 'status', setting('default_status')) }}
{%- endmacro %}

{#- The currency of a raw order; `default_currency` where it names none. -#}
{% macro read_currency() -%}
    {{ cased_or_default('upper', 'currency', setting('default_currency')) }}
{%- endmacro %}

{% macro cased_or_default(letters, column, default) -%}
    {%- set text = read_text(column) -%}
    {{ letters }}(
        {{- "coalesce(" ~ text ~ ", '" ~ default ~ "')" if default else text -}}
    )
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
