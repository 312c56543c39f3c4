{#- Schemas are named as this project names them (`marts`, not `main_marts`): BI tools
    and docs then speak of the same place. A project that uses this one as a package
    keeps dbt's rule, or its own. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if project_name == 'segmentation' -%}
        {{ (custom_schema_name or target.schema) | trim }}
    {%- else -%}
        {{ default__generate_schema_name(custom_schema_name, node) }}
    {%- endif -%}
{%- endmacro %}
