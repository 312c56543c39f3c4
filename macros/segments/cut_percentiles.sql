{#- The percentiles that scores 1 to 5 are cut at. -#}
{% macro cut_percentiles() -%}
    {{ return([20, 40, 60, 80]) }}
{%- endmacro %}

{#- The share of customers beyond which a sticky score is so clear of a cut point that it
    rises. -#}
{% macro clear_share(metric, cut) -%}
    {%- set band = var('sticky_band_pct') -%}
    {{ return((cut - band if rfm_metrics()[metric].is_lower_better else cut + band) / 100) }}
{%- endmacro %}
