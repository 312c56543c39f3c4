{#- Statements that delete the rows of a table for which a condition holds. -#}
{% macro delete_rows(relation, condition) -%}
    {{ return(adapter.dispatch('delete_rows', 'segmentation')(relation, condition)) }}
{%- endmacro %}

{#- A table of files is written anew: what stays is put aside first, since it cannot be read
    and replaced at once. -#}
{% macro default__delete_rows(relation, condition) -%}
    {%- set kept = relation.schema ~ '.' ~ relation.identifier ~ '__dbt_tmp' -%}
    drop table if exists {{ kept }};
    create table {{ kept }} as
    select * from {{ relation }}
    where ({{ condition }}) is not true;
    insert overwrite table {{ relation }}
    select * from {{ kept }};
    drop table {{ kept }};
{%- endmacro %}

{% macro duckdb__delete_rows(relation, condition) -%}
    delete from {{ relation }}
    where {{ condition }};
{%- endmacro %}
