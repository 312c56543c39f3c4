{#- The features that the live view computes anew; others keep the values of the
    build. -#}
{% macro live_features() -%}
    {{ return([
        'days_since_last_order', 'days_since_first_order', 'count_orders',
        'count_order_days', 'lifetime_net_amount', 'avg_order_amount', 'last_gap_days',
        'avg_days_between_orders', 'count_orders_90d', 'net_amount_90d',
        'count_orders_365d', 'net_amount_365d',
    ]) }}
{%- endmacro %}

{#- The cluster features that the live view does not compute anew. -#}
{% macro stale_cluster_features() -%}
    {%- set learned_on = setting('cluster_features') + setting('cluster_categories') -%}
    {{ return(learned_on | reject('in', live_features()) | list) }}
{%- endmacro %}
