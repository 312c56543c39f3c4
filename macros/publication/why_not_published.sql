{#- Why this command publishes nothing, or an empty text: what is published has been
    tested, and holds all rows. -#}
{% macro why_not_published() -%}
    {%- set asked = invocation_args_dict -%}
    {%- set unable = adapter.dispatch('why_unable_to_publish', 'segmentation')() -%}
    {%- if unable -%}
        {{ return(unable) }}
    {%- endif -%}
    {%- set left_out = asked.get('exclude_resource_types') or [] -%}
    {%- if asked.get('which') != 'build' -%}
        {{ return('dbt ' ~ asked.get('which') ~ ' runs no tests; dbt build publishes') }}
    {%- elif 'test' in left_out or 'data_test' in left_out -%}
        {{ return('tests were left out') }}
    {%- elif asked.get('empty') -%}
        {{ return('--empty leaves out all rows') }}
    {%- elif asked.get('sample') -%}
        {{ return('--sample leaves out rows') }}
    {%- endif -%}
    {{ return('') }}
{%- endmacro %}
