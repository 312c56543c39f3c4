{#- Within how many days of an anchor a purchase is predicted. -#}
{% macro purchase_horizons() -%}
    {{ return(setting('purchase_horizons')) }}
{%- endmacro %}
