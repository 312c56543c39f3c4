{#- Whether the orders after a silence are typing errors: the silence is long, and few
    orders follow. -#}
{% macro is_implausible_silence() -%}
    {{ return(adapter.dispatch('is_implausible_silence', 'segmentation')()) }}
{%- endmacro %}

{% macro default__is_implausible_silence() -%}
    (
        silent_days > {{ setting('quiet_days') }}
        and count_orders_from_here < {{ setting('quiet_share') }} * count_orders
    )
    -- in a small shop even one order is a large share, but five years are long enough
    or (
        silent_days > 5 * 365
        and count_orders_from_here < 0.5 * count_orders
    )
{%- endmacro %}
