{#- The effect size (Cliff's delta) up to which a difference is too small to mention
    (Romano et al. 2006). -#}
{% macro trivial_effect() -%}
    {{ return(adapter.dispatch('trivial_effect', 'segmentation')()) }}
{%- endmacro %}

{% macro default__trivial_effect() -%}
    0.147
{%- endmacro %}
