{#- An aggregate that changes with any value of the named columns, and does not depend on
    the order of rows. It is compared with itself only, never across engines. -#}
{% macro checksum_of(columns) -%}
    {{ return(adapter.dispatch('checksum_of', 'segmentation')(columns)) }}
{%- endmacro %}

{% macro default__checksum_of(columns) -%}
    sum(cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0)))
{%- endmacro %}

{% macro duckdb__checksum_of(columns) -%}
    sum(cast(hash(({{ columns | join(', ') }})) as hugeint))
{%- endmacro %}
