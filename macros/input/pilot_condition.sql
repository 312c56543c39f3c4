{#- The condition on the rows of a raw table that a pilot reads; none where it reads
    all: products have no customer, and without a pilot everyone takes part. Order
    lines belong to the customer of their order. -#}
{% macro pilot_condition(table_name) -%}
    {%- if not is_pilot() or table_name in ['products', 'inventory'] -%}
        {{ return(none) }}
    {%- elif table_name == 'order_lines' -%}
        {{ return(
            read_order_id('order_lines') ~ ' in (select ' ~ read_order_id('orders')
            ~ ' from ' ~ whole_raw_table('shop', 'orders') ~ ' where ' ~ is_in_pilot() ~ ')'
        ) }}
    {%- else -%}
        {{ return(is_in_pilot()) }}
    {%- endif -%}
{%- endmacro %}


{#- Keeps the raw rows of customers in the pilot; rows without a customer are left out.
    The salt makes this sample independent of the other md5 samples, so that they are as
    large a share of the pilot as of all customers. -#}
{% macro is_in_pilot() -%}
    {%- set customer = read_customer_id('customer_id') -%}
    {%- set conditions = [] -%}
    {%- if setting('pilot_share') is number -%}
        {%- set end = '%08x' | format((setting('pilot_share') * 16 ** 8) | int) -%}
        {%- do conditions.append("md5('pilot ' || " ~ customer ~ ") < '" ~ end ~ "'") -%}
    {%- endif -%}
    {%- if setting('pilot_filter') -%}
        {%- do conditions.append(customer ~ ' in (' ~ filtered_customers() ~ ')') -%}
    {%- endif -%}
    {{ return(conditions | join(' and ')) }}
{%- endmacro %}


{% macro filtered_customers() -%}
    {{ return(
        'select ' ~ read_customer_id('customer_id')
        ~ ' from ' ~ whole_raw_table('shop', 'customers')
        ~ ' as customers where (' ~ parsed_pilot_filter() ~ ')'
    ) }}
{%- endmacro %}


{#- The setting `pilot_filter` as SQL. Stops where it is no condition: commands that run
    no check_settings, such as `dbt show`, must not run it either. -#}
{% macro parsed_pilot_filter() -%}
    {%- set parsed = parsed_condition(setting('pilot_filter'), pilot_filter_columns()) -%}
    {%- if parsed.fault and execute -%}
        {{ exceptions.raise_compiler_error(pilot_filter_problem(parsed.fault)) }}
    {%- endif -%}
    {{ return(parsed.sql or '1 = 0') }}
{%- endmacro %}


{#- The columns that the setting `pilot_filter` may name, with their types. -#}
{% macro pilot_filter_columns() -%}
    {%- set columns = {} -%}
    {%- for column in raw_columns('shop', 'customers') -%}
        {%- do columns.update({column.name: column.data_type}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}


{% macro pilot_filter_problem(fault) -%}
    {{ return(
        "pilot_filter is " ~ setting_in_words(setting('pilot_filter')) ~ ": it must be "
        ~ "a condition on the raw table customers, for instance country = 'GB' ("
        ~ fault ~ "). It may hold columns of that table, texts in single quotes, numbers, "
        ~ "true and false, compared by = <> < <= > >= in between like is null, and joined "
        ~ "by and, or, not and parentheses."
    ) }}
{%- endmacro %}


{% macro is_pilot() -%}
    {{ return(setting('pilot_share') is number or setting('pilot_filter') is not none) }}
{%- endmacro %}


{#- Describes in words who takes part in the pilot; none without a pilot. -#}
{% macro pilot_in_words() -%}
    {%- set share, filter = setting('pilot_share'), setting('pilot_filter') -%}
    {{ return(
        ('%.4g %% of ' | format(100 * share) if share is number else '')
        ~ 'customers' ~ (' where ' ~ filter if filter else '')
        if is_pilot() else none
    ) }}
{%- endmacro %}
