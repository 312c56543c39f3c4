{#- A struct, or a list of structs, as JSON text. -#}
{% macro as_json(value) -%}
    {{ return(adapter.dispatch('as_json', 'segmentation')(value)) }}
{%- endmacro %}

{% macro default__as_json(value) -%}
    to_json({{ value }})
{%- endmacro %}

{% macro duckdb__as_json(value) -%}
    cast(to_json({{ value }}) as varchar)
{%- endmacro %}
