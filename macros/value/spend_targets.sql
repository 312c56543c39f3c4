{#- Which target gives orders and spend within how many days: {90: 'spend_90d', …}. -#}
{% macro spend_targets() -%}
    {%- set targets = {} -%}
    {%- for days in amount_horizons() -%}
        {%- do targets.update({days: 'spend_' ~ days ~ 'd'}) -%}
    {%- endfor -%}
    {{ return(targets) }}
{%- endmacro %}
