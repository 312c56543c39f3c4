{#- Within how many days of an anchor a purchase is predicted. What is no list makes none:
    models are parsed before check_settings says so. -#}
{% macro purchase_horizons() -%}
    {%- set horizons = var('purchase_horizons') -%}
    {%- set is_list = horizons is sequence and horizons is not string and horizons is not mapping -%}
    {{ return((horizons if is_list else []) | select('integer') | list) }}
{%- endmacro %}
