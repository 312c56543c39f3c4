{#- What goes back within a day of its order is a cancellation: the order never took
    place, and it is not held against the customer as a return. -#}
{% macro is_cancellation(ordered_at, returned_at) -%}
    {{ return(adapter.dispatch('is_cancellation', 'segmentation')(ordered_at, returned_at)) }}
{%- endmacro %}

{% macro default__is_cancellation(ordered_at, returned_at) -%}
    {{ returned_at }} < {{ ordered_at }} + interval '1' day
{%- endmacro %}
