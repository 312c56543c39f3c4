with

orders as (

    select * from {{ ref('stg_shop__orders') }}

),

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
    where reporting_currency = '{{ var("reporting_currency") }}'

),

examined as (

    select
        orders.*,
        order_statuses.is_sale,
        order_statuses.takes_back,
        orders.customer_id is null as is_anonymous,
        case
            when orders.currency = '{{ var("reporting_currency") }}' then 1
            else currency_rates.rate
        end as exchange_rate
    from orders
    left join order_statuses
        on orders.status = order_statuses.status
    left join currency_rates
        on
            orders.currency = currency_rates.currency
            and cast(orders.ordered_at as date) >= currency_rates.valid_from_date
            and (
                currency_rates.valid_until_date is null
                or cast(orders.ordered_at as date) < currency_rates.valid_until_date
            )

),

{{ accept_or_reject(
    'shop', 'orders', rows='examined', extra=['is_sale', 'takes_back', 'exchange_rate'],
    prefer='ordered_at asc nulls last, is_sale asc nulls last, is_anonymous asc',
    faults={
        'order_id is missing': 'order_id is null',
        'ordered_at is missing': 'ordered_at is null and ' ~ is_not_unreadable('ordered_at'),
        'ordered_at is before the earliest valid date': 'ordered_at < earliest_at',
        'ordered_at is in the future': 'ordered_at >= orders_before_at',
        'status is missing': 'status is null',
        'status is not in the seed order_statuses': 'status is not null and is_sale is null',
        'currency is missing': 'currency is null',
        'currency has no rate in the seed currency_rates':
            'currency is not null and ordered_at is not null and exchange_rate is null',
    }
) }}
