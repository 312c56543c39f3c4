{#- What a feature adds to the log odds of a logistic regression, under the transform it
    was learned with. -#}
{% macro linear_term(feature) -%}
    coefficients.{{ feature }}_weight * coalesce(
        case coefficients.{{ feature }}_transform
            when 'log1p' then {{ transformed('log1p', 'customers.' ~ feature) }}
            else {{ transformed('identity', 'customers.' ~ feature) }}
        end,
        coefficients.{{ feature }}_fill
    )
{%- endmacro %}
