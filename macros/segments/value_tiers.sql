{#- The value tiers of those who have spent something within a year, best first: each holds
    who spent more than that percentile of them. Who spent less than all is low, and who
    spent nothing none. -#}
{% macro value_tiers() -%}
    {{ return({'top': 95, 'high': 80, 'medium': 50}) }}
{%- endmacro %}

{#- The value tier of a year's net amount by the cut points of an anchor. -#}
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
