{#- A raw value as text, as it came. -#}
{% macro as_it_came(column) -%}
    {{ return('cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')') }}
{%- endmacro %}

{#- A raw value as text: without white space around it (spaces, tabs, line ends, the
    no-break space of spreadsheets and its relatives, marks of no width), and null where
    nothing is left. Most values have none, and need no trim, which costs ten times as much
    as the look for it. -#}
{% macro read_text(column) -%}
    {%- set raw_text = as_it_came(column) -%}
    nullif(
        case
            when {{ matches(raw_text, '[^ -~]|^ | $') }}
                then
                    trim(
                        both ' {{ "\t\r\n" ~ odd_spaces() ~ marks_of_no_width() }}'
                        from {{ raw_text }}
                    )
            else {{ raw_text }}
        end,
        ''
    )
{%- endmacro %}

{% macro odd_spaces() -%}
    {{ return("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
        ~ "\u2028\u2029\u202f\u205f\u3000") }}
{%- endmacro %}

{% macro marks_of_no_width() -%}
    {{ return("\u200b\u200c\u200d\u2060\ufeff") }}
{%- endmacro %}

{#- A raw value as an id, the one way in which all ids are read, so that they meet across
    tables: `17850.0`, as programs write whole numbers they took for decimals, is `17850`,
    and `'17850`, as spreadsheets mark text, too. Leading zeros stay. The case is that of
    the setting `id_case`. `1.785E+04` has lost its digits: it is no id, and null. -#}
{% macro read_id(column) -%}
    {%- set raw_text = as_it_came(column) -%}
    {%- set plain = replaced(
        composed_text(read_text(column)), "^''+|[" ~ marks_of_no_width() ~ "]", ''
    ) -%}
    {%- set text = replaced(plain, '^(-?[0-9]+)[.]0+$', '\\1') -%}
    {%- set case = {'upper': 'upper(', 'lower': 'lower('}.get(setting('id_case'), '(') -%}
    nullif(
        case
            -- most ids are written like this, and are read as they are
            when {{ matches(raw_text, '^[0-9A-Za-z_-]+$') }} then {{ case }}{{ raw_text }})
            when not {{ has_lost_digits(column) }} then {{ case }}{{ text }})
        end,
        ''
    )
{%- endmacro %}

{#- The id of an order. Where the raw table has the optional column `shop_id`, several shops
    share it and may give one number to two orders: the id then begins with the shop. -#}
{% macro read_order_id(table_name) -%}
    {%- set order_id = read_id('order_id') -%}
    {%- if 'shop_id' in raw_column_types('shop', table_name) -%}
    {%- set shop_id = read_id('shop_id') -%}
    case
        when {{ shop_id }} is null then {{ order_id }}
        -- a colon within the id of a shop is none of ours
        else
            replace(replace({{ shop_id }}, '%', '%25'), ':', '%3A')
            || ':' || {{ order_id }}
    end
    {%- else -%}
    {{ order_id }}
    {%- endif -%}
{%- endmacro %}

{#- Whether a value is a number in scientific notation, of which the last digits are
    gone: `1.785E+04`. `12E4` may be an id. -#}
{% macro has_lost_digits(column) -%}
    {{ matches(
        read_text(column), "^''?[0-9]([.,][0-9]+[eE][+]?|[eE][+])[0-9]+$"
    ) }}
{%- endmacro %}

{#- A raw value as the id of a customer; null for the words that stand for nobody. -#}
{% macro read_customer_id(column) -%}
    {%- set words = setting('anonymous_ids') | map('lower') | list -%}
    case
        when not {{ is_one_of('lower(' ~ read_id(column) ~ ')', words) }}
            then {{ read_id(column) }}
    end
{%- endmacro %}

{#- A raw value as the time that clocks in the shop show (`shop_time_zone`); null where it
    cannot be read. A time that carries no offset is of `raw_time_zone`; a day alone is a
    day of the shop. -#}
{% macro read_timestamp(column) -%}
    {%- set raw_text = as_it_came(column) -%}
    {%- set shop, raw = setting('shop_time_zone'), setting('raw_time_zone') -%}
    {%- set time = 'time_as_written' -%}
    {%- set in_zone -%}
        case
            when {{ has_offset('written_text') }}
                then {{ time_in_zone(time_in_utc(time, 'written_text'), 'UTC', shop) }}
            {%- if shop != raw %}
            when {{ is_day_alone('written_text') }} then {{ time }}
            {%- endif %}
            else {{ time_in_zone(time, raw, shop) }}
        end
    {%- endset -%}
    case
        -- most times are written like this, and need neither a trim nor a closer look
        when {{ matches(
            raw_text,
            '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?$'
        ) }}
            then {{ time_in_zone('try_cast(' ~ raw_text ~ ' as timestamp)', raw, shop) }}
        else {{ let(
            'written_text', read_text(column),
            let('time_as_written', written_time('written_text'), in_zone)
        ) }}
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

{#- A raw value as the price of one unit, with more decimals than an amount: times many
    units, the fifth decimal of a price is money. A wide number takes sixty times as long to
    read as a narrow one, which most prices fit into. -#}
{% macro read_price(column) -%}
    {%- set text = read_text(column) -%}
    case
        when {{ matches(text, '^-?[0-9]{1,7}([.][0-9]{1,10})?$') }}
            then cast(cast({{ text }} as decimal(18, 10)) as decimal(28, 10))
        else try_cast(replace({{ text }}, '_', '?') as decimal(28, 10))
    end
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
    {%- elif data_type == 'decimal(28, 10)' -%} {{ read_price(column) }}
    {%- elif data_type == 'bigint' -%} {{ read_integer(column) }}
    {%- elif data_type == 'boolean' -%} {{ read_boolean(column) }}
    {%- else -%} {{ read_text(column) }}
    {%- endif -%}
{%- endmacro %}
