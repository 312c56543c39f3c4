{#- dbt-spark writes seeds row by row into SQL: too long for a few thousand rows. -#}
{% macro sparksession__load_csv_rows(model, agate_table) -%}
    {%- set given = model['config'].get('column_types', {}) -%}
    {%- set types = {} -%}
    {%- for name in agate_table.column_names -%}
        {%- do types.update(
            {name: given.get(name, adapter.convert_type(agate_table, loop.index0))}
        ) -%}
    {%- endfor -%}
    {%- do adapter.store_rows(this, agate_table, types) -%}
    {{ return('-- ' ~ agate_table.rows | length ~ ' rows of ' ~ model['name']) }}
{%- endmacro %}
