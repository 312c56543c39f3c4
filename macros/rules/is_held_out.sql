{#- Whether a customer is kept apart to judge what was learned: rules learn from others
    only. segmentation.rules holds its twin in Python. -#}
{% macro is_held_out(customer_id) -%}
    right(md5({{ customer_id }}), 1) in ('d', 'e', 'f')
{%- endmacro %}
