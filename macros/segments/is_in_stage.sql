{#- Whether a customer is in a lifecycle stage: in all its ranges of the seed
    `lifecycle_stages`. -#}
{% macro is_in_stage(customer, stage) -%}
    (
        {%- for name in lifecycle_features() %}
        {{ is_in_range(customer, stage, name) }}
        {%- if not loop.last %} and {% endif -%}
        {%- endfor %}
    )
{%- endmacro %}
