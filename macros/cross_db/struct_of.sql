{#- Packs several named values into one struct.

    fields: {name: expression} -#}
{% macro struct_of(fields) -%}
    {{ return(adapter.dispatch('struct_of', 'segmentation')(fields)) }}
{%- endmacro %}

{% macro default__struct_of(fields) -%}
    struct(
        {%- for name, value in fields.items() %}
        {{ value }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{% macro duckdb__struct_of(fields) -%}
    struct_pack(
        {%- for name, value in fields.items() %}
        {{ name }} := {{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
