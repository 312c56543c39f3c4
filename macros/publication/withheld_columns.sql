{#- The columns of a mart that hold ids in a way that no pseudonym can take the place of:
    those whose YAML has `meta: {names_people: true}`. -#}
{% macro withheld_columns(mart) -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.name == mart
            and node.package_name == model.package_name -%}
            {%- for column in node.columns.values()
                if column.get('config', {}).get('meta', {}).get('names_people') -%}
                {%- do found.append(column.name) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
