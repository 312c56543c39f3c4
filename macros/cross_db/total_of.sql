{#- The sum of a list of numbers. -#}
{% macro total_of(list) -%}
    {{ return(adapter.dispatch('total_of', 'segmentation')(list)) }}
{%- endmacro %}

{% macro default__total_of(list) -%}
    aggregate({{ list }}, cast(0 as double), (total, item) -> total + item)
{%- endmacro %}

{% macro duckdb__total_of(list) -%}
    list_sum({{ list }})
{%- endmacro %}
