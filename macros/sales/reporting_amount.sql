{#- Converts an amount from the order's currency to the reporting currency. -#}
{% macro reporting_amount(amount) -%}
    cast(({{ amount }}) * cast(orders.exchange_rate as double) as decimal(18, 4))
{%- endmacro %}
