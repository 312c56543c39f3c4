{#- Describes in words what a target predicts. -#}
{% macro target_in_words(target, horizon_days) -%}
    {{ return(adapter.dispatch('target_in_words', 'segmentation')(target, horizon_days)) }}
{%- endmacro %}

{% macro default__target_in_words(target, horizon_days) -%}
    {%- set within -%}
        ' within ' || cast({{ horizon_days }} as {{ dbt.type_string() }}) || ' days'
    {%- endset -%}
    case
        when {{ target }} = 'churn' then 'no purchase' || {{ within }}
        when {{ target }} like 'purchase_%' then 'a purchase' || {{ within }}
        when {{ target }} like 'spend_%' then 'orders and net amount' || {{ within }}
        when {{ target }} = 'next_order' then 'days to the next purchase'
        when {{ target }} = 'next_category' then 'category of the next purchase'
        when {{ target }} = 'message_click' then 'a click on the next message'
        when {{ target }} = 'message_order' then 'a purchase after the next message'
        else {{ target }}
    end
{%- endmacro %}
