{#- Python models write their table themselves; SQL is that of dbt-spark. -#}
{% macro sparksession__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if language == 'python' %}
{{ compiled_code }}


store(
    model(dbtObj(session.table), session),
    "{{ relation }}",
    "{{ config.get('file_format', 'parquet') }}",
    session,
)
    {%- else -%}
        {{ spark__create_table_as(temporary, relation, compiled_code, language) }}
    {%- endif -%}
{%- endmacro %}


{#- Tables of files take no constraints: tests see to keys and nulls. -#}
{% macro sparksession__persist_constraints(relation, model) -%}
{%- endmacro %}
