{#- What a line of a credit note gives back, in its order's currency: its amount less its
    discount, whatever their signs. A line of 0 units gives back its price. -#}
{% macro credit_of_line(line) -%}
    greatest(
        0,
        abs(
            case
                when {{ line }}.quantity = 0 then {{ line }}.unit_price
                else {{ line }}.line_amount
            end
        ) - abs(coalesce({{ line }}.discount_amount, 0))
    )
{%- endmacro %}
