{#- Within how many days of an anchor a purchase is predicted. What is no list makes none:
    models are parsed before check_settings says so. -#}
{% macro purchase_horizons() -%}
    {{ return(list_setting('purchase_horizons') | select('integer') | list) }}
{%- endmacro %}
