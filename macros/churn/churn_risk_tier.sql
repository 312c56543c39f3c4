{#- A churn probability in words. -#}
{% macro churn_risk_tier(probability) -%}
    {{ return(adapter.dispatch('churn_risk_tier', 'segmentation')(probability)) }}
{%- endmacro %}

{% macro default__churn_risk_tier(probability) -%}
    case
        when {{ probability }} is null then 'unknown'
        when {{ probability }} < 0.3 then 'low'
        when {{ probability }} < 0.7 then 'medium'
        else 'high'
    end
{%- endmacro %}
