{#- Whether a customer is still active, by the lifecycle stage: prospects have not
    bought yet, and lapsed customers must be won back. -#}
{% macro is_still_customer(stage_code) -%}
    {{ return(adapter.dispatch('is_still_customer', 'segmentation')(stage_code)) }}
{%- endmacro %}

{% macro default__is_still_customer(stage_code) -%}
    {{ stage_code }} not in ('prospect', 'lapsed', 'lost')
{%- endmacro %}
