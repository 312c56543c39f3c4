{#- The reasons to reject an order, {reason in words: its condition}, over the
    columns of `examined_orders` and the bounds of int_plausible_dates. -#}
{% macro order_rejections() -%}
    {{ return({
        'order_id is missing': 'order_id is null',
        'order_id is that of orders of two customers':
            'order_id is not null and has_two_customers',
        'ordered_at is missing': 'ordered_at is null and ' ~ is_not_unreadable('ordered_at'),
        'ordered_at is before the earliest valid date': 'ordered_at < earliest_at',
        'ordered_at is in the future': 'ordered_at >= orders_before_at',
        'status is missing': 'status is null',
        'status is not in the seed order_statuses': 'status is not null and is_sale is null',
        'currency is missing': 'currency is null',
        'currency has no rate in the seed currency_rates':
            'currency is not null and ordered_at is not null and exchange_rate is null',
    }) }}
{%- endmacro %}

{#- The reasons to reject an order line, over the columns of `order_lines`,
    `line_amount`, and whether its order is known. -#}
{% macro order_line_rejections() -%}
    {{ return({
        'order_id is missing': 'order_id is null',
        'order_id is not in orders':
            'order_id is not null and not has_order and not has_rejected_order',
        'its order was rejected': 'not has_order and has_rejected_order',
        'line_number is missing':
            'line_number is null and ' ~ is_not_unreadable('line_number'),
        'product_id is missing': 'product_id is null',
        'quantity is missing': 'quantity is null and ' ~ is_not_unreadable('quantity'),
        'quantity is zero': 'quantity = 0 and not coalesce(is_credit_note, false)',
        'unit_price is missing':
            'unit_price is null and ' ~ is_not_unreadable('unit_price'),
        'unit_price is negative':
            'unit_price < 0 and (quantity < 0 or not coalesce(is_credit_note, false))',
        'the amount is too large':
            'quantity is not null and unit_price is not null'
            ~ ' and (line_amount is null or greatest('
            ~ 'abs(cast(line_amount as double)), abs(cast(unit_price as double))'
            ~ ') * greatest(1, cast(coalesce(exchange_rate, 1) as double)) >= 1e11)',
        'discount_amount is negative': 'quantity > 0 and discount_amount < 0',
        'discount_amount is greater than the amount of the line':
            'quantity > 0 and unit_price >= 0 and discount_amount > line_amount',
    }) }}
{%- endmacro %}

{#- Whether a row has no reason for rejection and all its values could be read. -#}
{% macro has_no_rejection(rejections) -%}
    unreadable_values is null
    {%- for condition in rejections.values() %}
    and not coalesce({{ condition }}, false)
    {%- endfor %}
{%- endmacro %}
