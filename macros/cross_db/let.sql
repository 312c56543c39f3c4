{#- An expression in which a name stands for a value, so that the value is written once.

    name:       a word that stands nowhere else in the expression
    value:      an SQL expression
    expression: an SQL expression that holds the name -#}
{% macro let(name, value, expression) -%}
    {{ return(adapter.dispatch('let', 'segmentation')(name, value, expression)) }}
{%- endmacro %}

{#- The metastore of a local Spark keeps views of at most 32,700 letters. -#}
{% macro default__let(name, value, expression) -%}
    {{ return('element_at(transform(array(' ~ value ~ '), ' ~ name ~ ' -> ' ~ expression
        ~ '), 1)') }}
{%- endmacro %}

{#- DuckDB works out equal expressions once. -#}
{% macro duckdb__let(name, value, expression) -%}
    {{ return(expression | replace(name, value)) }}
{%- endmacro %}
