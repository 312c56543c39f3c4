{#- Whether a customer fits a rule of int_segments__rules: every feature lies within the
    bounds of the rule. -#}
{% macro fits_rule(customer, rule) -%}
    {%- for feature in setting('rule_features') %}
    {% if not loop.first %}and {% endif %}{{ is_in_range(customer, rule, feature) }}
    {%- endfor %}
{%- endmacro %}
