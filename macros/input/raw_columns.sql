{#- The columns of a raw table as declared in its source file: a list of
    {name, data_type, is_pii, is_protected}. That YAML is the only place that holds the
    contract. None before the project is parsed, and in unit tests, which know of no
    source. -#}
{% macro raw_columns(source_name, table_name) -%}
    {%- set columns = [] -%}
    {%- if execute and graph -%}
        {%- set node = graph.sources['source.segmentation.' ~ source_name ~ '.' ~ table_name] -%}
        {%- for column in node.columns.values() -%}
            {%- do columns.append({
                'name': column.name,
                'data_type': column.data_type,
                'is_pii': column.get('config', {}).get('meta', {}).get('pii', false)
                    or column.get('config', {}).get('meta', {}).get('names_erased', false),
                'is_protected':
                    column.get('config', {}).get('meta', {}).get('protected', false),
            }) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}
