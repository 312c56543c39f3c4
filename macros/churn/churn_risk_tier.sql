{#- A churn probability in words. -#}
{% macro churn_risk_tier(probability) -%}
    {{ return(adapter.dispatch('churn_risk_tier', 'segmentation')(probability)) }}
{%- endmacro %}

{% macro default__churn_risk_tier(probability) -%}
    case
        when {{ probability }} is null then 'unknown'
        when {{ probability }} < {{ churn_risk_from('medium') }} then 'low'
        when {{ probability }} < {{ churn_risk_from('high') }} then 'medium'
        else 'high'
    end
{%- endmacro %}

{#- The churn probability from which on a risk is medium, or high. -#}
{% macro churn_risk_from(tier) -%}
    {{ {'medium': 0.3, 'high': 0.7}[tier] }}
{%- endmacro %}
