{#- An amount in an order's own currency, in the reporting currency. -#}
{% macro reporting_amount(amount) -%}
    cast(({{ amount }}) * cast(orders.exchange_rate as double) as decimal(18, 4))
{%- endmacro %}
