{#- The value tiers of customers who spent something within a year, best first: each
    holds those above its percentile. Customers below all percentiles are low;
    customers without spend are none. -#}
{% macro value_tiers() -%}
    {{ return({'top': 95, 'high': 80, 'medium': 50}) }}
{%- endmacro %}

{#- The value tier for a year's net amount, by the cut points of an anchor. -#}
{% macro value_tier(amount, cut_points='cut_points') -%}
    case
        {%- for tier, cut in value_tiers().items() %}
        when {{ amount }} > 0 and {{ amount }} > {{ cut_points }}.year_amount_cut_{{ cut }}
            then '{{ tier }}'
        {%- endfor %}
        when {{ amount }} > 0 then 'low'
        else 'none'
    end
{%- endmacro %}
