{#- A customer has churned where no purchase fell within the horizon after the anchor. -#}
{% macro is_churned(count_order_days) -%}
    {{ return(adapter.dispatch('is_churned', 'segmentation')(count_order_days)) }}
{%- endmacro %}

{% macro default__is_churned(count_order_days) -%}
    {{ count_order_days }} = 0
{%- endmacro %}
