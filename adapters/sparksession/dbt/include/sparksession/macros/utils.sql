{#- dbt's macros for single values, where those of dbt-spark are wrong or long-winded. -#}

{% macro sparksession__escape_single_quotes(expression) -%}
    {{ expression | replace("'", "''") }}
{%- endmacro %}

{% macro sparksession__dateadd(datepart, interval, from_date_or_timestamp) -%}
    timestampadd({{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}

{#- The number of boundaries between two times, as other engines count. -#}
{% macro sparksession__datediff(first_date, second_date, datepart) -%}
    {%- set months = {'month': 1, 'quarter': 3, 'year': 12} -%}
    {%- set seconds = {'hour': 3600, 'minute': 60, 'second': 1} -%}
    {%- if datepart == 'day' -%}
    date_diff(cast({{ second_date }} as date), cast({{ first_date }} as date))
    {%- elif datepart == 'week' -%}
    (date_diff(
        cast(date_trunc('week', {{ second_date }}) as date),
        cast(date_trunc('week', {{ first_date }}) as date)
    ) div 7)
    {%- elif datepart in months -%}
    cast(months_between(
        date_trunc('{{ datepart }}', {{ second_date }}),
        date_trunc('{{ datepart }}', {{ first_date }})
    ) / {{ months[datepart] }} as bigint)
    {%- elif datepart in seconds -%}
    cast((
        unix_timestamp(date_trunc('{{ datepart }}', {{ second_date }}))
        - unix_timestamp(date_trunc('{{ datepart }}', {{ first_date }}))
    ) / {{ seconds[datepart] }} as bigint)
    {%- else -%}
    {{ exceptions.raise_compiler_error("datediff knows no " ~ datepart ~ " on Spark.") }}
    {%- endif -%}
{%- endmacro %}

{% macro sparksession__split_part(string_text, delimiter_text, part_number) -%}
    split_part({{ string_text }}, {{ delimiter_text }}, {{ part_number }})
{%- endmacro %}

{% macro sparksession__any_value(expression) -%}
    any_value({{ expression }})
{%- endmacro %}

{% macro sparksession__bool_or(expression) -%}
    bool_or({{ expression }})
{%- endmacro %}

{% macro sparksession__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    string_agg({{ measure }}, {{ delimiter_text }})
    {%- if order_by_clause %} within group ({{ order_by_clause }}){% endif %}
{%- endmacro %}
