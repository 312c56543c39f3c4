{#- All ways of segmenting, and the column of fct_customer_segments that holds each. -#}
{% macro all_segment_dimensions() -%}
    {{ return({
        'rfm': 'rfm_segment_code',
        'rfm_sticky': 'sticky_rfm_segment_code',
        'lifecycle': 'lifecycle_stage_code',
        'value_tier': 'value_tier_code',
        'cluster': 'cluster_code',
    }) }}
{%- endmacro %}


{#- The ways of segmenting that the setting segment_dimensions asks for. -#}
{% macro segment_dimensions() -%}
    {%- set asked = setting('segment_dimensions') -%}
    {%- set dimensions = {} -%}
    {%- for dimension, column in all_segment_dimensions().items() if dimension in asked -%}
        {%- do dimensions.update({dimension: column}) -%}
    {%- endfor -%}
    {{ return(dimensions) }}
{%- endmacro %}

{#- The model with the history of a way of segmenting. Clusters are joined to the others,
    which takes time at scale, and is left to those who ask for clusters. -#}
{% macro history_with(dimension) -%}
    {{ return(
        'int_customers__history' if dimension == 'cluster'
        else 'int_customers__history_segments'
    ) }}
{%- endmacro %}
