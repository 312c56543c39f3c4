{#- The condition on the rows of a raw table that leaves out people who asked to be erased;
    none where nobody can have asked. A request counts whatever its date: one that cannot
    be read, or lies in a future, is still a request. What names no customer is left out
    where it belongs to one: lines by their order, web events by their visitor. -#}
{% macro erasure_condition(table_name) -%}
    {%- if table_name in ['products', 'inventory', 'erasure_requests']
        or not may_be_erased() -%}
        {{ return(none) }}
    {%- elif table_name == 'order_lines' -%}
        {{ return(
            'coalesce(' ~ read_order_id('order_lines') ~ ", '') not in (select coalesce("
            ~ read_order_id('orders') ~ ", '-') from " ~ whole_raw_table('shop', 'orders')
            ~ ' where ' ~ is_erased() ~ ')'
        ) }}
    {%- elif table_name == 'web_events' -%}
        {{ return(
            'not ' ~ is_erased() ~ ' and (' ~ read_customer_id('customer_id')
            ~ ' is not null or coalesce(' ~ read_text('anonymous_id')
            ~ ", '') not in (select coalesce(" ~ read_text('anonymous_id') ~ ", '-') from "
            ~ whole_raw_table('web', 'web_events') ~ ' where ' ~ is_erased() ~ '))'
        ) }}
    {%- endif -%}
    {{ return('not ' ~ is_erased()) }}
{%- endmacro %}


{#- Whether the customer of a raw row asked to be erased. -#}
{% macro is_erased() -%}
    {%- set customer = read_customer_id('customer_id') -%}
    {{ return(
        'coalesce(' ~ customer ~ ", '') in (select " ~ customer ~ ' from '
        ~ whole_raw_table('privacy', 'erasure_requests') ~ ' where ' ~ customer
        ~ ' is not null)'
    ) }}
{%- endmacro %}


{#- Whether there is a table of requests. -#}
{% macro may_be_erased() -%}
    {%- if not execute or input_mode() == 'demo' -%}
        {{ return(true) }}
    {%- elif input_mode() == 'files' -%}
        {{ return(raw_files('erasure_requests') | length > 0) }}
    {%- endif -%}
    {{ return(found_relation(source('privacy', 'erasure_requests')) is not none) }}
{%- endmacro %}
