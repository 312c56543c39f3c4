{#- An amount with some digits after the point, from a double. A double cannot hold 74.475,
    and engines round what it holds instead up or down: four more digits say which amount
    was meant. -#}
{% macro as_amount(amount, digits=4) -%}
    cast(cast({{ amount }} as decimal(28, {{ digits + 4 }})) as decimal(18, {{ digits }}))
{%- endmacro %}
