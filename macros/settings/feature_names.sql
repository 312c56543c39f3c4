{#- The features that are numbers, as the properties of int_customers__features name
    them: text, dates, flags and keys cannot be learned from. None before the project is
    parsed, and in unit tests, which know of no other model. -#}
{% macro feature_names() -%}
    {%- set names = [] -%}
    {%- set nodes = graph.nodes if graph else {} -%}
    {%- set model = nodes.get('model.segmentation.int_customers__features', {}) -%}
    {%- for name in model.get('columns', {}) -%}
        {%- set is_key_or_text = name in [
            'customer_id', 'anchor_number', 'anchor_role', 'last_category'
        ]
            or (name.startswith('favourite_') and not name.endswith('_share')) -%}
        {%- if not is_key_or_text and not name.startswith('is_') and not name.endswith('_date') -%}
            {%- do names.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
