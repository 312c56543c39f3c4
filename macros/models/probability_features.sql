{#- All features that a linear model of a probability may have learned on: those of the
    settings, and those that only baselines use. -#}
{% macro probability_features() -%}
    {%- set names = [
        'days_since_last_order', 'count_orders', 'lifetime_net_amount',
        'count_orders_365d', 'message_click_rate',
    ] -%}
    {%- do names.extend(setting('churn_features')) -%}
    {%- do names.extend(setting('response_features')) -%}
    {{ return(names | unique | list) }}
{%- endmacro %}
