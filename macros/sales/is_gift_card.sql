{#- Whether a product is a gift card. Selling one is no sale: it is money kept for later,
    and counts once, in full, in the order that it pays for. -#}
{% macro is_gift_card(product_id) -%}
    {{ is_one_of(product_id, setting('gift_card_products')) }}
{%- endmacro %}

{#- Whether a product is a charge for sending the goods: money of the order, no product. -#}
{% macro is_shipping(product_id) -%}
    {{ is_one_of(product_id, setting('shipping_products')) }}
{%- endmacro %}
