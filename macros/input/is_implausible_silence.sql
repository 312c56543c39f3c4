{#- Whether the orders after a silence are typing errors rather than orders: it is long,
    and few follow it. -#}
{% macro is_implausible_silence() -%}
    {{ return(adapter.dispatch('is_implausible_silence', 'segmentation')()) }}
{%- endmacro %}

{% macro default__is_implausible_silence() -%}
    (
        silent_days > {{ setting('quiet_days') }}
        and count_orders_from_here < {{ setting('quiet_share') }} * count_orders
    )
    -- no share of a small shop is small enough, but five years are long enough
    or (
        silent_days > 5 * 365
        and count_orders_from_here < 0.5 * count_orders
    )
{%- endmacro %}
