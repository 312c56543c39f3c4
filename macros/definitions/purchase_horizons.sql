{#- Within how many days of an anchor a purchase is predicted. What is no list makes none:
    models are parsed before check_settings says so. -#}
{% macro purchase_horizons() -%}
    {%- set horizons = var('purchase_horizons') -%}
    {{ return(horizons if horizons is iterable else []) }}
{%- endmacro %}
