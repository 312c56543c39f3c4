{#- An effect size, as Cliff's delta, up to which a difference is too slight to speak of
    (Romano et al. 2006). -#}
{% macro trivial_effect() -%}
    {{ return(adapter.dispatch('trivial_effect', 'segmentation')()) }}
{%- endmacro %}

{% macro default__trivial_effect() -%}
    0.147
{%- endmacro %}
