-- The net amounts of dim_customers equal a second count from the lines: sales before the
-- as-of date less the returns matched by then. Rounding may make them differ by half a
-- cent, plus a ten-thousandth per return.
with

customers as (

    select
        customer_id,
        as_of_date,
        lifetime_net_amount
    from {{ ref('dim_customers') }}

),

sold as (

    select
        customers.customer_id,
        sum(sale_lines.net_amount) as net_amount
    from customers
    inner join {{ ref('int_sale_lines') }} as sale_lines
        on
            customers.customer_id = sale_lines.customer_id
            and cast(customers.as_of_date as timestamp) > sale_lines.ordered_at
    group by customers.customer_id

),

returned as (

    select
        customers.customer_id,
        sum(returns.returned_amount) as returned_amount,
        count(*) as count_returns
    from customers
    inner join {{ ref('int_returns__matched') }} as returns
        on
            customers.customer_id = returns.customer_id
            and cast(customers.as_of_date as timestamp) > returns.returned_at
    group by customers.customer_id

)

select
    customers.customer_id,
    customers.lifetime_net_amount,
    sold.net_amount,
    returned.returned_amount
from customers
left join sold
    on customers.customer_id = sold.customer_id
left join returned
    on customers.customer_id = returned.customer_id
where
    abs(
        customers.lifetime_net_amount
        - coalesce(sold.net_amount, 0)
        + coalesce(returned.returned_amount, 0)
    ) > 0.0051 + 0.0001 * coalesce(returned.count_returns, 0)
