{#- An amount to the cent, from one with fractions. -#}
{% macro in_cents(amount) -%}
    {{ as_amount(amount, 2) }}
{%- endmacro %}
