{#- An item of a list by position; 1 is the first. -#}
{% macro item_of(list, number) -%}
    {{ return(adapter.dispatch('item_of', 'segmentation')(list, number)) }}
{%- endmacro %}

{% macro default__item_of(list, number) -%}
    element_at({{ list }}, {{ number }})
{%- endmacro %}

{% macro duckdb__item_of(list, number) -%}
    list_extract({{ list }}, {{ number }})
{%- endmacro %}
