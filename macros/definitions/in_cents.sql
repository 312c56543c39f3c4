{#- An amount to the cent, from one with fractions. A double cannot hold 74.475, and engines
    round what it holds instead up or down: six digits say which amount was meant. -#}
{% macro in_cents(amount) -%}
    cast(cast({{ amount }} as decimal(28, 6)) as decimal(18, 2))
{%- endmacro %}
