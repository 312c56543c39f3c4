{#- All that is predicted under the settings. Fits of other horizons, from settings of
    earlier days, are kept but serve no more. -#}
{% macro predicted_targets() -%}
    {{ return(
        purchase_targets().values() | list + spend_targets().values() | list
        + ['next_order', 'next_category', 'message_click', 'message_order']
    ) }}
{%- endmacro %}
