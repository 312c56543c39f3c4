{#- The named columns of a row as one JSON text. -#}
{% macro row_as_json(columns) -%}
    {%- set fields = {} -%}
    {%- for column in columns -%}
        {%- do fields.update({column: column}) -%}
    {%- endfor -%}
    {{ return(as_json(struct_of(fields))) }}
{%- endmacro %}

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
