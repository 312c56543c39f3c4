{#- Lists, in words, what looks wrong with a condition before it is run. -#}
{% macro condition_errors(condition, columns) -%}
    {{ return(adapter.dispatch('condition_errors', 'segmentation')(condition, columns)) }}
{%- endmacro %}

{% macro default__condition_errors(condition, columns) -%}
    {{ return([]) }}
{%- endmacro %}

{% macro duckdb__condition_errors(condition, columns) -%}
    {%- set query = "select 1 where (" ~ condition ~ ")" -%}
    {%- set parsed = run_query(
        "select json_extract_string(parsed, '$.error_message'), "
        ~ "to_json(list_distinct(json_extract_string(parsed, '$..column_names[#-1]')))"
        ~ " from (select json_serialize_sql('" ~ query.replace("'", "''") ~ "') as parsed)"
    ).rows[0] -%}
    {%- set errors = [] -%}
    {%- if parsed[0] -%}
        {%- do errors.append(parsed[0]) -%}
    {%- endif -%}
    {%- for name in fromjson(parsed[1]) | sort if name | lower not in columns -%}
        {%- do errors.append("there is no column " ~ name ~ "; a text stands in single quotes") -%}
    {%- endfor -%}
    {{ return(errors) }}
{%- endmacro %}
