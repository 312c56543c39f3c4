{#- Python models write their table themselves; SQL is that of dbt-spark, but for steps that
    are read more than once: they are worked out first. -#}
{% macro sparksession__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if language == 'python' %}
{{ compiled_code }}


store(
    model(dbtObj(session.table), session),
    "{{ relation }}",
    "{{ config.get('file_format', 'parquet') }}",
    session,
)
    {%- elif temporary -%}
        {{ spark__create_table_as(temporary, relation, compiled_code, language) }}
    {%- else -%}
        {%- set steps = adapter.work_out_steps(compiled_code) -%}
        {{ spark__create_table_as(temporary, relation, steps.sql, language) }};
        {% for view in steps.views %}drop view {{ view }};{% endfor %}
    {%- endif -%}
{%- endmacro %}


{#- Tables of files take no constraints: tests see to keys and nulls. -#}
{% macro sparksession__persist_constraints(relation, model) -%}
{%- endmacro %}
