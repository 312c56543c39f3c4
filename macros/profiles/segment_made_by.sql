{#- The features that define the segments of each dimension. A difference in these is no
    discovery: it follows from the definition. -#}
{% macro segment_made_by() -%}
    {%- set rfm = ['days_since_last_order', 'count_orders', 'lifetime_net_amount'] -%}
    {{ return({
        'rfm': rfm,
        'rfm_sticky': rfm,
        'lifecycle': lifecycle_features(),
        'value_tier': ['net_amount_365d'],
        'cluster': setting('cluster_features'),
    }) }}
{%- endmacro %}
