{#- The naive expectation of value: the last 365 days, scaled to the value horizon. -#}
{% macro run_rate(net_amount_365d) -%}
    cast({{ net_amount_365d }} as double) * {{ var('value_horizon_days') }} / 365
{%- endmacro %}
