{#- An operation: writes a mart as a CSV file that a spreadsheet opens without running any
    of its cells.

        dbt run-operation export_mart --args '{mart: dim_customers, file: customers.csv}' -#}
{% macro export_mart(mart, file) -%}
    {%- set marts = [] -%}
    {%- for node in graph.nodes.values() if node.package_name == 'segmentation'
        and node.resource_type == 'model' and node.schema == 'marts' -%}
        {%- do marts.append(node.name) -%}
    {%- endfor -%}
    {%- if execute and mart not in marts -%}
        {{ exceptions.raise_compiler_error(
            setting_in_words(mart) ~ " is not a mart. Marts are " ~ marts | sort | join(', ')
        ) }}
    {%- endif -%}
    {%- set relation = relation_of(mart) -%}
    {%- if execute and relation is none -%}
        {{ exceptions.raise_compiler_error(
            mart ~ " is not built yet: dbt build --select +" ~ mart
        ) }}
    {%- endif -%}
    {%- do write_csv(safe_cells(relation), file) -%}
    {%- do log(mart ~ " is written to " ~ file ~ ".", info=true) -%}
{%- endmacro %}
