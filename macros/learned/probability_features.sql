{#- Every feature that a linear model of a probability may have learned on: those of the
    settings, and those that baselines know alone. -#}
{% macro probability_features() -%}
    {%- set baselines = [
        'days_since_last_order', 'count_orders', 'lifetime_net_amount',
        'count_orders_365d', 'message_click_rate',
    ] -%}
    {{ return(
        (baselines + var('churn_features') | list + var('response_features') | list)
        | unique | list
    ) }}
{%- endmacro %}
