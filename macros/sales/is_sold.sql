{#- Whether a line sells something, before returns; a gift card does not. The query must
    hold `orders`. -#}
{% macro is_sold(line) -%}
    orders.is_sale and {{ line }}.quantity > 0
    and not {{ is_gift_card(line ~ '.product_id') }}
{%- endmacro %}

{#- Whether a line gives something back: units, or money alone on a credit note. The
    query must hold `orders`. -#}
{% macro gives_back(line) -%}
    (
        orders.takes_back and {{ line }}.quantity < 0
        or orders.is_credit_note and ({{ line }}.quantity = 0 or {{ line }}.unit_price < 0)
    )
    and not {{ is_gift_card(line ~ '.product_id') }}
{%- endmacro %}
