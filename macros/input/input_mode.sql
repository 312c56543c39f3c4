{#- Where the raw tables come from: 'files', 'schema' or 'demo' (the bundled seeds). -#}
{% macro input_mode() -%}
    {%- if is_given('raw_path') -%}
        {{ return('files') }}
    {%- elif is_given('raw_schema') or is_given('raw_database') -%}
        {{ return('schema') }}
    {%- else -%}
        {{ return('demo') }}
    {%- endif -%}
{%- endmacro %}
