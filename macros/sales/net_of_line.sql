{#- What is paid for a line, in its order's currency: its amount less its discount. -#}
{% macro net_of_line(line) -%}
    {{ line }}.line_amount - coalesce({{ line }}.discount_amount, 0)
{%- endmacro %}
