{#- The percentiles that scores 1 to 5 are cut at. -#}
{% macro cut_percentiles() -%}
    {{ return([20, 40, 60, 80]) }}
{%- endmacro %}

{#- The percentiles beyond which a sticky score is so clear of each of them that it
    rises. -#}
{% macro clear_percentiles(metric) -%}
    {%- set band = setting('sticky_band_pct') * (-1 if rfm_metrics()[metric].is_lower_better else 1) -%}
    {%- set clear = [] -%}
    {%- for cut in cut_percentiles() -%}
        {%- do clear.append(cut + band) -%}
    {%- endfor -%}
    {{ return(clear) }}
{%- endmacro %}
