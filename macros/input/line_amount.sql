{#- Quantity times price of a line, in the order's currency; null where it is too large.
    Computed with doubles, because a product of decimals can overflow. -#}
{% macro line_amount() -%}
    try_cast(
        cast(order_lines.quantity as double) * cast(order_lines.unit_price as double)
        as decimal(18, 4)
    )
{%- endmacro %}
