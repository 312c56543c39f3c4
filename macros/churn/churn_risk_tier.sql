{#- A churn probability in words. -#}
{% macro churn_risk_tier(probability) -%}
    {{ return(adapter.dispatch('churn_risk_tier', 'segmentation')(probability)) }}
{%- endmacro %}

{% macro default__churn_risk_tier(probability) -%}
    {%- set bounds = churn_risk_bounds() -%}
    case
        when {{ probability }} is null then 'unknown'
        when {{ probability }} < {{ bounds.medium }} then 'low'
        when {{ probability }} < {{ bounds.high }} then 'medium'
        else 'high'
    end
{%- endmacro %}

{#- The churn probabilities from which on a risk is medium, and high. -#}
{% macro churn_risk_bounds() -%}
    {{ return({'medium': 0.3, 'high': 0.7}) }}
{%- endmacro %}
