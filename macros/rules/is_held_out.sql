{#- Whether a customer is held out to judge rules, which learn from the others only.
    segmentation.rules is the same rule in Python. -#}
{% macro is_held_out(customer_id) -%}
    right(md5({{ customer_id }}), 1) in ('d', 'e', 'f')
{%- endmacro %}
