{#- The features that define lifecycle stages. -#}
{% macro lifecycle_features() -%}
    {{ return([
        'count_orders', 'days_since_first_order', 'days_since_last_order', 'last_gap_days'
    ]) }}
{%- endmacro %}

{#- The bound columns of the seed `lifecycle_stages`. -#}
{% macro lifecycle_bounds() -%}
    {%- set bounds = [] -%}
    {%- for name in lifecycle_features() -%}
        {%- do bounds.extend([name ~ '_from', name ~ '_before']) -%}
    {%- endfor -%}
    {{ return(bounds) }}
{%- endmacro %}
