{#- What of a mart may leave the house, as JSON: its `config.meta.shared`. Empty where it has
    none, or nothing is shared. -#}
{% macro shared_columns(name) -%}
    {%- if execute and setting('share_aggregates') -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.name == name
            and node.package_name == model.package_name and node.config.meta.shared -%}
            {{ return(tojson(node.config.meta.shared, sort_keys=true)) }}
        {%- endfor -%}
    {%- endif -%}
    {{ return('') }}
{%- endmacro %}
