{#- Where the raw tables come from: 'files', 'schema' or 'demo' (the bundled seeds). Asks
    as the seeds' `enabled` does, which can call no macro: any value is one. -#}
{% macro input_mode() -%}
    {%- if var('raw_path') -%}
        {{ return('files') }}
    {%- elif var('raw_schema') or var('raw_database') -%}
        {{ return('schema') }}
    {%- else -%}
        {{ return('demo') }}
    {%- endif -%}
{%- endmacro %}
