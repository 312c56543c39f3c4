{#- A customer has churned where no order fell within the horizon after the anchor. -#}
{% macro is_churned(count_orders_in_horizon) -%}
    {{ return(adapter.dispatch('is_churned', 'segmentation')(count_orders_in_horizon)) }}
{%- endmacro %}

{% macro default__is_churned(count_orders_in_horizon) -%}
    {{ count_orders_in_horizon }} = 0
{%- endmacro %}
