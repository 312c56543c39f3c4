{#- The features that each way of segmenting goes by. What these show of a segment is no
    discovery: it follows from how the segment is made. -#}
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
