{#- The least item of a list; of structs, by their first field, then the second … -#}
{% macro least_of(list) -%}
    {{ return(adapter.dispatch('least_of', 'segmentation')(list)) }}
{%- endmacro %}

{% macro default__least_of(list) -%}
    array_min({{ list }})
{%- endmacro %}

{% macro duckdb__least_of(list) -%}
    list_min({{ list }})
{%- endmacro %}
