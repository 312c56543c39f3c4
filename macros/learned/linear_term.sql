{#- What a feature adds to the log odds of a logistic regression. -#}
{% macro linear_term(feature, transform) -%}
    coefficients.{{ feature }}_weight * coalesce(
        {{ transformed(transform, 'customers.' ~ feature) }},
        coefficients.{{ feature }}_fill
    )
{%- endmacro %}
