{#- A score from 1 to 5 by the four cut points of a metric; 5 is best. A value on a cut
    point falls below it, so equal values always have equal scores.

    metric:           recency | frequency | monetary, as in int_rfm__cut_points
    value:            the customer's value
    is_lower_better:  true where a smaller value is better (days since the last order) -#}
{% macro rfm_score(metric, value, is_lower_better=false) -%}
    {%- set cuts -%}
        {%- for cut in [20, 40, 60, 80] -%}
            case when {{ value }} > cut_points.{{ metric }}_cut_{{ cut }} then 1 else 0 end
            {%- if not loop.last %} + {% endif -%}
        {%- endfor -%}
    {%- endset -%}
    {%- if is_lower_better -%} 5 - ({{ cuts }}) {%- else -%} 1 + ({{ cuts }}) {%- endif -%}
{%- endmacro %}
