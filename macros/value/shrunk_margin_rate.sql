{#- A customer's margin rate, drawn towards the shop's: with few orders it says little of
    those to come. Five orders of his own weigh as much as the shop; where no unit cost
    of his is known, the shop's holds. -#}
{% macro shrunk_margin_rate(own, count_orders, shop) -%}
    {{ return(adapter.dispatch('shrunk_margin_rate', 'segmentation')(own, count_orders, shop)) }}
{%- endmacro %}

{% macro default__shrunk_margin_rate(own, count_orders, shop) -%}
    coalesce(
        ({{ count_orders }} * {{ own }} + 5 * {{ shop }}) / ({{ count_orders }} + 5),
        {{ shop }}
    )
{%- endmacro %}
