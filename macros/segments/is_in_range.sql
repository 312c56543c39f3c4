{#- Whether a value lies in the half-open range of a rule: <name>_from is the first
    value inside, <name>_before the first one above; an empty bound is no bound. A
    missing value counts as 0. -#}
{% macro is_in_range(customer, rule, name) -%}
    (
        {{ rule }}.{{ name }}_from is null
        or coalesce({{ customer }}.{{ name }}, 0) >= {{ rule }}.{{ name }}_from
    )
    and (
        {{ rule }}.{{ name }}_before is null
        or coalesce({{ customer }}.{{ name }}, 0) < {{ rule }}.{{ name }}_before
    )
{%- endmacro %}
