{#- The percentiles at which scores from 1 to 5 are cut. -#}
{% macro cut_percentiles() -%}
    {{ return([20, 40, 60, 80]) }}
{%- endmacro %}

{#- The percentiles that a value must pass for a sticky score to rise, one for each of
    cut_percentiles. -#}
{% macro clear_percentiles(metric) -%}
    {%- set sign = -1 if rfm_metrics()[metric].is_lower_better else 1 -%}
    {%- set band = setting('sticky_band_pct') * sign -%}
    {%- set clear = [] -%}
    {%- for cut in cut_percentiles() -%}
        {%- do clear.append(cut + band) -%}
    {%- endfor -%}
    {{ return(clear) }}
{%- endmacro %}
