{#- Every feature that a linear model of a probability may have learned on: those of the
    settings, and those that baselines know alone. -#}
{% macro probability_features() -%}
    {%- set names = [
        'days_since_last_order', 'count_orders', 'lifetime_net_amount',
        'count_orders_365d', 'message_click_rate',
    ] -%}
    {#- models are parsed before check_settings says what is wrong with a setting -#}
    {%- for name in ['churn_features', 'response_features'] if var(name) is mapping -%}
        {%- do names.extend(var(name)) -%}
    {%- endfor -%}
    {{ return(names | unique | list) }}
{%- endmacro %}
