{#- A customer's margin rate, drawn towards the shop's, because few orders say
    little about later ones. Five orders weigh as much as the shop; where the
    customer's own rate is unknown, the shop's is used. -#}
{% macro shrunk_margin_rate(own, count_orders, shop) -%}
    {{ return(adapter.dispatch('shrunk_margin_rate', 'segmentation')(own, count_orders, shop)) }}
{%- endmacro %}

{% macro default__shrunk_margin_rate(own, count_orders, shop) -%}
    coalesce(
        ({{ count_orders }} * {{ own }} + 5 * {{ shop }}) / ({{ count_orders }} + 5),
        {{ shop }}
    )
{%- endmacro %}
