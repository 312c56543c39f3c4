{#- The condition on the rows of a raw table that are young enough to be read, by the
    setting `retention_days`; none where all are. A row whose time cannot be read stays:
    it is rejected, and shown as such. Order lines are as old as their order. -#}
{% macro retention_condition(table_name) -%}
    {%- if not execute -%}
        {{ return(none) }}
    {%- elif table_name == 'order_lines' and kept_from('orders') -%}
        {{ return(
            'coalesce(' ~ read_order_id('order_lines') ~ ", '') not in (select coalesce("
            ~ read_order_id('orders') ~ ", '-') from " ~ whole_raw_table('shop', 'orders')
            ~ ' where not ' ~ is_kept('orders') ~ ')'
        ) }}
    {%- elif kept_from(table_name) -%}
        {{ return(is_kept(table_name)) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}


{% macro is_kept(table_name) -%}
    {%- set table = raw_tables() | selectattr('table', 'equalto', table_name) | first -%}
    {{ return(
        'coalesce(' ~ read_timestamp(table.event_at) ~ ' >= '
        ~ time_literal(kept_from(table_name)) ~ ', true)'
    ) }}
{%- endmacro %}


{#- From when on a raw table is read: from the first month that begins within its days, as
    of the day of this run. It moves once a month, so that what hangs on the start of the
    data is not made anew each day. None where the table has no limit. -#}
{% macro kept_from(table_name) -%}
    {%- set days = setting('retention_days').get(table_name) -%}
    {%- if days is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set midnight = run_started_at.replace(hour=0, minute=0, second=0, microsecond=0) -%}
    {%- set oldest = midnight - modules.datetime.timedelta(days=days) -%}
    {%- if oldest.day == 1 -%}
        {{ return(oldest) }}
    {%- endif -%}
    {{ return((oldest.replace(day=1) + modules.datetime.timedelta(days=32)).replace(day=1)) }}
{%- endmacro %}
