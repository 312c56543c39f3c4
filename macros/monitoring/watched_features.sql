{#- All features that a serving fit may read, and that are watched where it does. -#}
{% macro watched_features() -%}
    {%- set names = [
        'days_since_first_order', 'days_since_last_order', 'count_order_days',
        'avg_repeat_amount',
    ] -%}
    {{ return((names + probability_features()) | unique | list) }}
{%- endmacro %}
