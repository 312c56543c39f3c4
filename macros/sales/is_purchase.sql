{#- An order counts as a purchase if its net amount, after cancellations and returns, is
    above zero. -#}
{% macro is_purchase(net_amount) -%}
    {{ return(adapter.dispatch('is_purchase', 'segmentation')(net_amount)) }}
{%- endmacro %}

{% macro default__is_purchase(net_amount) -%}
    {{ net_amount }} > 0
{%- endmacro %}
