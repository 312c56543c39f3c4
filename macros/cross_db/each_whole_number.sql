{#- A row for each whole number from `first` up to, and without, `last`. -#}
{% macro each_whole_number(first, last) -%}
    {{ return(adapter.dispatch('each_whole_number', 'segmentation')(first, last)) }}
{%- endmacro %}

{% macro default__each_whole_number(first, last) -%}
    explode(case
        when {{ first }} < {{ last }} then sequence({{ first }}, {{ last }} - 1)
    end)
{%- endmacro %}

{% macro duckdb__each_whole_number(first, last) -%}
    unnest(range({{ first }}, {{ last }}))
{%- endmacro %}
