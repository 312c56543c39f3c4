{#- The horizons, in days from an anchor, within which a purchase is predicted. -#}
{% macro purchase_horizons() -%}
    {{ return(setting('purchase_horizons')) }}
{%- endmacro %}
