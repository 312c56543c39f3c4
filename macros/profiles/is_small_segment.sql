{#- Whether a segment has too few customers to describe. -#}
{% macro is_small_segment(count_customers) -%}
    {{ return(adapter.dispatch('is_small_segment', 'segmentation')(count_customers)) }}
{%- endmacro %}

{% macro default__is_small_segment(count_customers) -%}
    {{ count_customers }} < {{ setting('small_segment_customers') }}
{%- endmacro %}
