{#- A setting that is a list; an empty one where it is none, which check_settings then
    says: models are parsed before. -#}
{% macro list_setting(name) -%}
    {%- set setting = var(name) -%}
    {{ return(setting if setting is sequence and setting is not string and setting is not mapping else []) }}
{%- endmacro %}
