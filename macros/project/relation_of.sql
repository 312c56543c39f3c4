{#- The relation of a model or seed of this project; none where it does not exist. -#}
{% macro relation_of(name) -%}
    {%- set node = graph.nodes.get('model.segmentation.' ~ name)
        or graph.nodes.get('seed.segmentation.' ~ name) -%}
    {{ return(load_relation(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias
    )) if node else none) }}
{%- endmacro %}
