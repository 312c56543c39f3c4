{#- The target that predicts orders and spend, by horizon in days: {90: 'spend_90d',
    …}. -#}
{% macro spend_targets() -%}
    {%- set targets = {} -%}
    {%- for days in amount_horizons() -%}
        {%- do targets.update({days: 'spend_' ~ days ~ 'd'}) -%}
    {%- endfor -%}
    {{ return(targets) }}
{%- endmacro %}
