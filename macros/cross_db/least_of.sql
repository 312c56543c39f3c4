{#- The lowest item of a list; structs compare by the first field, then the second … -#}
{% macro least_of(list) -%}
    {{ return(adapter.dispatch('least_of', 'segmentation')(list)) }}
{%- endmacro %}

{% macro default__least_of(list) -%}
    array_min({{ list }})
{%- endmacro %}

{% macro duckdb__least_of(list) -%}
    list_min({{ list }})
{%- endmacro %}
