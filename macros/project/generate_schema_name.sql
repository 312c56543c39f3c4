{#- Schemas are named as the project names them (`marts`, not `main_marts`): BI
    tools and docs then speak of the same place. A project that uses this one as a
    package keeps its own rule. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
