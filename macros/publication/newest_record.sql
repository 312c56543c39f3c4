{#- The time of the newest record of a raw table, as an SQL query for `dbt source
    freshness`. Times to come are mistakes and do not count; a table without any record is
    as old as can be. -#}
{% macro newest_record(source) -%}
    {%- if execute -%}
        {%- set table = raw_tables() | selectattr('table', 'equalto', source.name) | first -%}
        {%- set time = read_timestamp(table.event_at) -%}
        {%- set shop = setting('shop_time_zone') -%}
        {%- if input_mode() == 'demo' -%}
            {#- A source may not name a seed with ref. -#}
            {%- set rows = relation_of('raw_' ~ table.table)
                or empty_raw_table(table.source, table.table) -%}
        {%- else -%}
            {%- set rows = whole_raw_table(table.source, table.table) -%}
        {%- endif -%}
        select coalesce(
            max({{ time_in_zone('newest.recorded_at', shop, 'UTC') }}),
            cast('1970-01-01' as timestamp)
        )
        from (
            select {{ time }} as recorded_at
            from {{ rows }} as {{ table.table }}
        ) as newest
        where {{ time_in_zone('newest.recorded_at', shop, 'UTC') }}
            <= {{ time_literal(run_started_at) }}
    {%- endif -%}
{%- endmacro %}
