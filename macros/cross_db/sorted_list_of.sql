{#- An aggregate: the structs of a group as a list, sorted by their fields. -#}
{% macro sorted_list_of(struct) -%}
    {{ return(adapter.dispatch('sorted_list_of', 'segmentation')(struct)) }}
{%- endmacro %}

{% macro default__sorted_list_of(struct) -%}
    array_sort(array_agg({{ struct }}))
{%- endmacro %}

{% macro duckdb__sorted_list_of(struct) -%}
    list_sort(array_agg({{ struct }}))
{%- endmacro %}
