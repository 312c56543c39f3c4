{#- A hash of some columns, a whole number: equal where all of them are, missing ones too.
    It differs between engines, and is to be stored nowhere. -#}
{% macro hash_of(columns) -%}
    {{ return(adapter.dispatch('hash_of', 'segmentation')(columns)) }}
{%- endmacro %}

{% macro default__hash_of(columns) -%}
    xxhash64({{ columns | join(', ') }})
{%- endmacro %}

{% macro duckdb__hash_of(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}
