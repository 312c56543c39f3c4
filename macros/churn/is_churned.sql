{#- A customer has churned if they made no purchase within the horizon from the
    anchor on. -#}
{% macro is_churned(count_order_days) -%}
    {{ return(adapter.dispatch('is_churned', 'segmentation')(count_order_days)) }}
{%- endmacro %}

{% macro default__is_churned(count_order_days) -%}
    {{ count_order_days }} = 0
{%- endmacro %}
