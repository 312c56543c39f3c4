{#- Whether somebody is still a customer, by the lifecycle stage: who has not bought yet
    is none, and who has lapsed must be won back. -#}
{% macro is_still_customer(stage_code) -%}
    {{ return(adapter.dispatch('is_still_customer', 'segmentation')(stage_code)) }}
{%- endmacro %}

{% macro default__is_still_customer(stage_code) -%}
    {{ stage_code }} not in ('prospect', 'lapsed', 'lost')
{%- endmacro %}
