{#- The target that gives the purchase probability, by horizon in days: {30:
    'purchase_30d', 90: 'churn', …}. At the churn horizon it is 1 minus the churn
    probability. -#}
{% macro purchase_targets() -%}
    {%- set targets = {} -%}
    {%- for days in purchase_horizons() -%}
        {%- do targets.update({
            days: 'churn' if days == setting('horizon_days') else 'purchase_' ~ days ~ 'd'
        }) -%}
    {%- endfor -%}
    {{ return(targets) }}
{%- endmacro %}
