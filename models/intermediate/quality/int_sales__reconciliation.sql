{{ config(materialized='view') }}
-- noqa: disable=LT02

-- From the order lines as they arrived to the customers' net amounts, step by step. A
-- line without a rate of its currency counts as if it were in the reporting currency. A
-- value that cannot be read, or is too large for any account, counts as 0. With an
-- as_of_date, lines of orders not placed by then are left out: nobody knew them.
with

later_orders as (

    select order_id
    from {{ ref('int_orders__checked') }}
    where order_id is not null
    group by order_id
    having min(case when ordered_at >= {{ as_of_date() }} then 1 else 0 end) = 1

),

order_lines as (

    select
        judged_lines.*,
        cast(coalesce(judged_lines.exchange_rate, 1) as double) as rate
    from {{ ref('int_order_lines__checked') }} as judged_lines
    left join later_orders
        on judged_lines.order_id = later_orders.order_id
    where later_orders.order_id is null

),

sale_lines as (

    select * from {{ ref('int_sale_lines') }}

),

return_lines as (

    select * from {{ ref('int_return_lines') }}

),

returns as (

    select
        returns.*,
        {{ is_shipping('return_lines.product_id') }} as is_of_shipping
    from {{ ref('int_returns__matched') }} as returns
    inner join return_lines
        on
            returns.return_id = return_lines.return_id
            and returns.return_line_number = return_lines.return_line_number

),

line_amounts as (

    select
        *,
        case when is_accepted then order_id end as accepted_order_id,
        cast(quantity as double) * cast(unit_price as double) * rate as amount
    from order_lines

),

arrived as (

    select
        line_amounts.is_accepted,
        line_amounts.is_accepted and {{ is_gift_card('line_amounts.product_id') }}
            as is_gift_card,
        sale_lines.order_id is not null as is_sold,
        return_lines.return_id is not null as is_credit,
        case
            when abs(line_amounts.amount) < 1e18
                then cast(line_amounts.amount as decimal(38, 10))
            else 0
        end as amount
    from line_amounts
    left join sale_lines
        on
            line_amounts.accepted_order_id = sale_lines.order_id
            and line_amounts.line_number = sale_lines.line_number
    left join return_lines
        on
            line_amounts.accepted_order_id = return_lines.return_id
            and line_amounts.line_number = return_lines.return_line_number

),

arrived_sums as (

    select
        {% for name, condition in {
            'arrived': 'true',
            'rejected': 'not is_accepted',
            'void': 'is_accepted and not is_sold and not is_credit and not is_gift_card',
            'gift_card': 'is_gift_card',
            'credited': 'is_credit',
        }.items() -%}
        cast(
            coalesce(sum(amount) filter (where {{ condition }}), 0) as decimal(38, 4)
        ) as {{ name }}_amount
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from arrived

),

customers as (

    -- beside a sum of cents, all other amounts would be cut to cents
    select cast(sum(lifetime_net_amount) as decimal(38, 4)) as net_amount
    from {{ ref('int_customers__current') }}

),

uncut as (

    select sum(cast(lifetime_net_amount as decimal(38, 4))) as net_amount
    from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring'

),

amounts as (

    select
        'order lines as they arrived' as step,
        1 as step_order,
        arrived_amount as amount
    from arrived_sums

    union all

    select
        'less rejected lines' as step,
        2 as step_order,
        -rejected_amount as amount
    from arrived_sums

    union all

    select
        'less lines of orders that are neither sale nor credit note' as step,
        3 as step_order,
        -void_amount as amount
    from arrived_sums

    union all

    select
        'less gift cards, which count when they pay for an order' as step,
        4 as step_order,
        -gift_card_amount as amount
    from arrived_sums

    union all

    select
        'plus credit notes and refunds, which follow below' as step,
        5 as step_order,
        -credited_amount as amount
    from arrived_sums

    union all

    select
        'rounding of lines to four decimals' as step,
        6 as step_order,
        (select coalesce(sum(sale_lines.gross_amount), 0) from sale_lines)
        - arrived_amount + rejected_amount + void_amount + gift_card_amount
        + credited_amount as amount
    from arrived_sums

    union all

    select
        'less discounts' as step,
        7 as step_order,
        -sum(discount_amount) as amount
    from sale_lines

    union all

    select
        'rounding of discounts to four decimals' as step,
        8 as step_order,
        sum(net_amount - gross_amount + discount_amount) as amount
    from sale_lines

    union all

    select
        'less sales to unknown customers' as step,
        9 as step_order,
        -sum(net_amount) as amount
    from sale_lines
    where customer_id is null

    union all

    select
        'less credit notes and refunds, as they were written' as step,
        10 as step_order,
        -sum(credited_amount) as amount
    from return_lines

    union all

    select
        'plus those of unknown customers' as step,
        11 as step_order,
        sum(credited_amount) as amount
    from return_lines
    where customer_id is null

    union all

    select
        'plus those of nothing bought here, or above what was paid' as step,
        12 as step_order,
        (
            select coalesce(sum(return_lines.credited_amount), 0) from return_lines
            where return_lines.customer_id is not null
        ) - coalesce(sum(returned_amount), 0) as amount
    from returns

    union all

    select
        'rounding of customers to cents' as step,
        13 as step_order,
        (select customers.net_amount from customers) - uncut.net_amount as amount
    from uncut

    union all

    select
        'net amount of known customers' as step,
        14 as step_order,
        net_amount as amount
    from customers

    {% for step, condition in {
        'of the credit notes, cancellations within a day':
            'is_cancellation and not is_refund',
        'of the credit notes, goods that came back':
            'not is_cancellation and not is_refund',
        'of the credit notes, refunds of shipping': 'is_refund and is_of_shipping',
        'of the credit notes, other refunds of money alone':
            'is_refund and not is_of_shipping',
    }.items() -%}
    union all

    select
        '{{ step }}' as step,
        {{ 14 + loop.index }} as step_order,
        -sum(returned_amount) as amount
    from returns
    where {{ condition }}

    {% endfor %}
)

select
    ---------- strings
    step,

    ---------- numerics
    step_order,
    cast(coalesce(amount, 0) as decimal(38, 4)) as amount
from amounts
