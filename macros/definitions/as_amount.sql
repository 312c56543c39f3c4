{#- An amount with four digits after the point, from a double. Where it lies half way
    between two, engines round what a double can hold of it up or down: eight digits say
    which amount was meant. -#}
{% macro as_amount(amount) -%}
    cast(cast({{ amount }} as decimal(28, 8)) as decimal(18, 4))
{%- endmacro %}
