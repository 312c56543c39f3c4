{#- The ways of segmenting, and the column of fct_customer_segments that holds each. -#}
{% macro segment_dimensions() -%}
    {{ return({
        'rfm': 'rfm_segment_code',
        'rfm_sticky': 'sticky_rfm_segment_code',
        'lifecycle': 'lifecycle_stage_code',
        'value_tier': 'value_tier_code',
        'cluster': 'cluster_code',
    }) }}
{%- endmacro %}
