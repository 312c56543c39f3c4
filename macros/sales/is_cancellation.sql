{#- A return within a day of its order is a cancellation: as if the order had never
    happened, and not part of the customer's return rate. -#}
{% macro is_cancellation(ordered_at, returned_at) -%}
    {{ return(adapter.dispatch('is_cancellation', 'segmentation')(ordered_at, returned_at)) }}
{%- endmacro %}

{% macro default__is_cancellation(ordered_at, returned_at) -%}
    {{ returned_at }} < {{ ordered_at }} + interval '1' day
{%- endmacro %}
