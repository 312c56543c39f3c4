{#- Which target gives the purchase probability within how many days: {30: 'purchase_30d',
    90: 'churn', …}. At one horizon it is churn, turned round. -#}
{% macro purchase_targets() -%}
    {%- set targets = {} -%}
    {%- for days in purchase_horizons() -%}
        {%- do targets.update({
            days: 'churn' if days == setting('horizon_days') else 'purchase_' ~ days ~ 'd'
        }) -%}
    {%- endfor -%}
    {{ return(targets) }}
{%- endmacro %}
