{#- Applies an expression to each item of a list and returns the results as a list.

    list:       the list
    item:       the name of an item in the expression
    expression: may use columns too -#}
{% macro each_of(list, item, expression) -%}
    {{ return(adapter.dispatch('each_of', 'segmentation')(list, item, expression)) }}
{%- endmacro %}

{% macro default__each_of(list, item, expression) -%}
    transform({{ list }}, {{ item }} -> {{ expression }})
{%- endmacro %}

{% macro duckdb__each_of(list, item, expression) -%}
    list_transform({{ list }}, lambda {{ item }}: {{ expression }})
{%- endmacro %}
