{#- The numbers of int_customers__history_features; clusters can be learned on them. -#}
{% macro history_features() -%}
    {%- set shares = [] -%}
    {%- for name in category_shares() -%}
        {%- do shares.append(name ~ '_share') -%}
    {%- endfor -%}
    {{ return([
        'days_since_last_order', 'days_since_first_order', 'count_orders',
        'count_order_days', 'lifetime_net_amount', 'avg_order_amount', 'last_gap_days',
        'avg_days_between_orders', 'count_orders_90d', 'net_amount_90d',
        'count_orders_365d', 'net_amount_365d', 'avg_units_per_order',
        'avg_products_per_order', 'discount_share', 'promotion_order_share',
        'weekend_order_share',
    ] + shares) }}
{%- endmacro %}

{#- The categories of int_customers__history_features. -#}
{% macro history_categories() -%}
    {{ return(['favourite_channel', 'favourite_daypart']) }}
{%- endmacro %}
