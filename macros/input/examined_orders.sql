{#- Prepares orders for checks and currency conversion, as the CTEs `order_statuses` to
    `examined`. The query must hold the CTE `orders`. -#}
{% macro examined_orders() -%}
order_statuses as (

    select * from {{ ref('order_statuses') }}

),

currency_rates as (

    select
        currency,
        valid_from_date,
        rate,
        lead(valid_from_date) over (
            partition by currency
            order by valid_from_date
        ) as valid_until_date
    from {{ ref('currency_rates') }}
    where reporting_currency = '{{ setting("reporting_currency") }}'

),

orders_of_two_customers as (

    select order_id
    from orders
    group by order_id
    having min(customer_id) <> max(customer_id)

),

examined as (

    select
        orders.*,
        order_statuses.is_sale,
        order_statuses.takes_back,
        order_statuses.takes_back and not order_statuses.is_sale as is_credit_note,
        orders.customer_id is null as is_anonymous,
        orders_of_two_customers.order_id is not null as has_two_customers,
        case
            when orders.currency = '{{ setting("reporting_currency") }}' then 1
            else currency_rates.rate
        end as exchange_rate
    from orders
    left join order_statuses
        on orders.status = order_statuses.status
    left join orders_of_two_customers
        on orders.order_id = orders_of_two_customers.order_id
    left join currency_rates
        on
            orders.currency = currency_rates.currency
            and cast(orders.ordered_at as date) >= currency_rates.valid_from_date
            and (
                currency_rates.valid_until_date is null
                or cast(orders.ordered_at as date) < currency_rates.valid_until_date
            )

)
{%- endmacro %}
