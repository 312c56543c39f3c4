{#- The percentiles that scores 1 to 5 are cut at. -#}
{% macro cut_percentiles() -%}
    {{ return([20, 40, 60, 80]) }}
{%- endmacro %}
