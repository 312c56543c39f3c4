{#- An effect size (Cliff's delta) in words, by the bounds of Romano et al. 2006, which
    correspond to Cohen's .2, .5 and .8. -#}
{% macro effect_magnitude(effect_size) -%}
    {{ return(adapter.dispatch('effect_magnitude', 'segmentation')(effect_size)) }}
{%- endmacro %}

{% macro default__effect_magnitude(effect_size) -%}
    case
        when {{ effect_size }} is null then 'unknown'
        when abs({{ effect_size }}) <= {{ trivial_effect() }} then 'trivial'
        when abs({{ effect_size }}) <= 0.33 then 'small'
        when abs({{ effect_size }}) <= 0.474 then 'medium'
        else 'large'
    end
{%- endmacro %}
