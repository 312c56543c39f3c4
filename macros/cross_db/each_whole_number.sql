{#- A row for each whole number from `first` up to, and without, `last`. -#}
{% macro each_whole_number(first, last) -%}
    {{ return(adapter.dispatch('each_whole_number', 'segmentation')(first, last)) }}
{%- endmacro %}

{% macro default__each_whole_number(first, last) -%}
    unnest(range({{ first }}, {{ last }}))
{%- endmacro %}
