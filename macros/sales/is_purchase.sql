{#- An order counts as a purchase where something was paid for it: what is left of it
    after cancellations and returns is worth more than nothing. -#}
{% macro is_purchase(net_amount) -%}
    {{ return(adapter.dispatch('is_purchase', 'segmentation')(net_amount)) }}
{%- endmacro %}

{% macro default__is_purchase(net_amount) -%}
    {{ net_amount }} > 0
{%- endmacro %}
