{#- Whether a value lies in the half-open range a rule gives for it: <name>_from is the
    first value inside, <name>_before the first one after; an empty bound is no bound.
    A customer without the value has 0. -#}
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
