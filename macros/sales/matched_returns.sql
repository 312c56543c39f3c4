{#- Which purchases each return undoes, as the CTEs `returned_products` to
    `matched_returns`: the one body of the build and of the live view. The query must hold
    the CTEs `sale_lines` and `return_lines` of known customers, with the columns of
    int_sale_lines and int_return_lines, and `first_sales`.

    Goods that come back undo the customer's latest earlier purchases of the product, unit
    by unit, for what the credit note says, and no more than was paid for them. A refund
    of money alone leaves the goods with the customer. It takes money off the latest
    earlier purchases, of its product where the customer had bought it, else of any. A
    credit note below every price the customer had paid for the product is such a refund,
    and so is one for shipping.
    A match depends on earlier events only, so no later event changes it.

    Each step is by customer, and each join names the customer, so that a filter on one
    reaches the tables at the start. -#}
{% macro matched_returns() -%}
returned_products as (

    select distinct
        customer_id,
        product_id
    from return_lines
    where {{ passes_filters_on('customer_id') }}

),

moves as (

    select
        sale_lines.customer_id,
        sale_lines.product_id,
        sale_lines.order_id,
        sale_lines.line_number,
        0 as is_return,
        sale_lines.ordered_at as moved_at,
        sale_lines.quantity,
        sale_lines.currency,
        sale_lines.unit_net_price,
        cast(null as decimal(18, 4)) as credited_amount
    from sale_lines
    inner join returned_products
        on
            sale_lines.customer_id = returned_products.customer_id
            and sale_lines.product_id = returned_products.product_id
    where {{ passes_filters_on('sale_lines.customer_id') }}

    union all

    select
        customer_id,
        product_id,
        return_id as order_id,
        return_line_number as line_number,
        1 as is_return,
        returned_at as moved_at,
        -returned_quantity as quantity,
        currency,
        unit_credit as unit_net_price,
        credited_amount
    from return_lines
    where {{ passes_filters_on('customer_id') }}

),

with_past as (

    select
        *,
        sum(1 - is_return) over (
            partition by customer_id, product_id
            order by moved_at, is_return, order_id, line_number
            rows between unbounded preceding and current row
        ) as count_bought,
        min(case when is_return = 0 and unit_net_price > 0 then unit_net_price end) over (
            partition by customer_id, product_id, currency
            order by moved_at, is_return, order_id, line_number
            rows between unbounded preceding and current row
        ) as lowest_unit_price
    from moves

),

-- a credit within a cent of a price is that price, rounded
classed as (

    select
        with_past.*,
        with_past.is_return = 1 and (
            with_past.quantity = 0
            or coalesce(
                with_past.unit_net_price > 0
                and with_past.unit_net_price <= with_past.lowest_unit_price - 0.01,
                false
            )
            or (
                with_past.credited_amount > 0
                and (
                    coalesce(first_sales.first_ordered_at > with_past.moved_at, true)
                    or {{ is_shipping('with_past.product_id') }}
                )
            )
        ) as is_refund,
        case when with_past.count_bought > 0 then with_past.product_id else '' end
            as refunded_product_id
    from with_past
    left join first_sales
        on with_past.product_id = first_sales.product_id

),

unit_moves as (

    select
        *,
        quantity as moved_size
    from classed
    where not is_refund

),

{{ stack_matches('unit', 'unit_moves', ['customer_id', 'product_id']) }},

-- the amounts of a line's units add up to the line, whatever the rounding
units as (

    select
        matches.*,
        sum(matches.matched_size) over (
            partition by
                matches.customer_id, matches.order_id, matches.line_number
            order by returns.moved_at, matches.return_id, matches.return_line_number
            rows between unbounded preceding and current row
        ) as units_so_far,
        returns.moved_at as returned_at,
        returns.currency,
        returns.unit_net_price as unit_credit,
        cast(returns.credited_amount as double) / -returns.quantity
            as unit_credit_converted
    from unit_matches as matches
    inner join unit_moves as returns
        on
            matches.customer_id = returns.customer_id
            and matches.return_id = returns.order_id
            and matches.return_line_number = returns.line_number
    where returns.is_return = 1

),

taken_units as (

    select
        units.customer_id,
        units.return_id,
        units.return_line_number,
        units.order_id,
        units.line_number,
        units.returned_at,
        units.matched_size as returned_quantity,
        {% set asked -%}
        (
            {{ as_amount(
                'sale_lines.net_amount'
                ~ ' * (cast(units.units_so_far as double) / sale_lines.quantity)'
            ) }}
            - {{ as_amount(
                'sale_lines.net_amount * (cast(units.units_so_far - units.matched_size'
                ~ ' as double) / sale_lines.quantity)'
            ) }}
        ) * case
            when coalesce(units.unit_credit, 0) = 0 then 1
            when units.currency = sale_lines.currency
                then
                    case
                        when units.unit_credit > sale_lines.unit_net_price - 0.01
                            then 1
                        else units.unit_credit / sale_lines.unit_net_price
                    end
            else
                least(
                    1,
                    units.unit_credit_converted * sale_lines.quantity
                    / nullif(sale_lines.net_amount, 0)
                )
        end
        {%- endset %}
        {{ as_amount(asked) }} as asked_amount
    from units
    inner join sale_lines
        on
            units.customer_id = sale_lines.customer_id
            and units.order_id = sale_lines.order_id
            and units.line_number = sale_lines.line_number
    where {{ passes_filters_on('sale_lines.customer_id') }}

),

refunds as (

    select * from classed
    where is_refund

),

refunded_stacks as (

    select distinct
        customer_id,
        refunded_product_id
    from refunds
    where {{ passes_filters_on('customer_id') }}

),

taken_by_return as (

    select
        customer_id,
        return_id,
        return_line_number,
        sum(asked_amount) as asked_amount
    from taken_units
    where {{ passes_filters_on('customer_id') }}
    group by customer_id, return_id, return_line_number

),

money as (

    select
        customer_id,
        product_id,
        order_id,
        line_number,
        0 as is_return,
        ordered_at as moved_at,
        net_amount as moved_size
    from sale_lines
    where net_amount > 0

    union all

    select
        return_lines.customer_id,
        return_lines.product_id,
        return_lines.return_id as order_id,
        return_lines.return_line_number as line_number,
        1 as is_return,
        return_lines.returned_at as moved_at,
        -taken_by_return.asked_amount as moved_size
    from taken_by_return
    inner join return_lines
        on
            taken_by_return.customer_id = return_lines.customer_id
            and taken_by_return.return_id = return_lines.return_id
            and taken_by_return.return_line_number = return_lines.return_line_number
    where {{ passes_filters_on('return_lines.customer_id') }}

    union all

    select
        customer_id,
        product_id,
        order_id,
        line_number,
        1 as is_return,
        moved_at,
        -credited_amount as moved_size
    from refunds
    where {{ passes_filters_on('customer_id') }}

),

money_moves as (

    select
        money.*,
        refunded_stacks.refunded_product_id
    from money
    inner join refunded_stacks
        on
            money.customer_id = refunded_stacks.customer_id
            and refunded_stacks.refunded_product_id in (money.product_id, '')
    where money.moved_size <> 0

),

{{ stack_matches('money', 'money_moves', ['customer_id', 'refunded_product_id']) }},

taken as (

    select
        *,
        false as is_refund
    from taken_units
    where {{ passes_filters_on('customer_id') }}

    union all

    select
        refunds.customer_id,
        refunds.order_id as return_id,
        refunds.line_number as return_line_number,
        matches.order_id,
        matches.line_number,
        refunds.moved_at as returned_at,
        cast(0 as decimal(18, 4)) as returned_quantity,
        matches.matched_size as asked_amount,
        true as is_refund
    from money_matches as matches
    inner join refunds
        on
            matches.customer_id = refunds.customer_id
            and matches.return_id = refunds.order_id
            and matches.return_line_number = refunds.line_number
            and matches.refunded_product_id = refunds.refunded_product_id
    where {{ passes_filters_on('refunds.customer_id') }}

),

taken_in_turn as (

    select
        *,
        sum(asked_amount) over (
            partition by customer_id, order_id, line_number
            order by returned_at, return_id, return_line_number
            rows between unbounded preceding and current row
        ) as asked_so_far
    from taken

),

matched_returns as (

    select
        taken.return_id,
        taken.return_line_number,
        taken.order_id,
        taken.line_number,
        sale_lines.customer_id,
        sale_lines.product_id,

        taken.returned_quantity,
        cast(
            least(taken.asked_so_far, sale_lines.net_amount)
            - least(taken.asked_so_far - taken.asked_amount, sale_lines.net_amount)
            as decimal(18, 4)
        ) as returned_amount,

        {{ is_cancellation('sale_lines.ordered_at', 'taken.returned_at') }}
            as is_cancellation,
        taken.is_refund,

        sale_lines.ordered_at,
        taken.returned_at
    from taken_in_turn as taken
    inner join sale_lines
        on
            taken.customer_id = sale_lines.customer_id
            and taken.order_id = sale_lines.order_id
            and taken.line_number = sale_lines.line_number
    where {{ passes_filters_on('sale_lines.customer_id') }}

)
{%- endmacro %}
