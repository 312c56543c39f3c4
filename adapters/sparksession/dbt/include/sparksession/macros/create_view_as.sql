{#- The metastore of a local Spark keeps views of at most 32,700 letters. -#}
{% macro sparksession__create_view_as(relation, sql) -%}
    {{ spark__create_view_as(relation, adapter.compact(sql)) }}
{%- endmacro %}
