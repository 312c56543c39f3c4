{#- Scores from 1 to 5 by the four cut points of a metric; 5 is best. A value equal to a
    cut point counts as below it, so equal values always have equal scores.

    metric:     recency | frequency | monetary, as in int_history__cut_points
    cut:        the cut point, a percentile of cut_percentiles
    customers:  the relation that holds the customer's value
    cut_points: the relation that holds the cut points -#}
{% macro rfm_score(metric, customers='customers', cut_points='cut_points') -%}
    {%- set passed = [] -%}
    {%- for cut in cut_percentiles() -%}
        {%- do passed.append(is_passed(metric, cut, customers, cut_points)) -%}
    {%- endfor -%}
    {{ score_of_passed(metric, passed) }}
{%- endmacro %}

{#- 1 where a cut point is passed, else 0. -#}
{% macro is_passed(metric, cut, customers='customers', cut_points='cut_points') -%}
    case
        when {{ customers }}.{{ rfm_metrics()[metric].feature }}
            > {{ cut_points }}.{{ metric }}_cut_{{ cut }} then 1
        else 0
    end
{%- endmacro %}

{#- The score from four flags that are 1 for each cut point passed: a list of them, or
    what the columns <prefix><metric>_<cut>_passed begin with. -#}
{% macro score_of_passed(metric, passed) -%}
    {%- if passed is string -%}
        {%- set prefix, passed = passed, [] -%}
        {%- for cut in cut_percentiles() -%}
            {%- do passed.append(prefix ~ metric ~ '_' ~ cut ~ '_passed') -%}
        {%- endfor -%}
    {%- endif -%}
    {{ '5 - (' if rfm_metrics()[metric].is_lower_better else '1 + (' }}{{ passed | join(' + ') }})
{%- endmacro %}

{#- The reverse: 1 if a customer with the score has passed a cut point, else 0. -#}
{% macro had_passed(metric, cut, score) -%}
    {%- set number = cut_percentiles().index(cut) -%}
    case
        when {{ score }}
            {{
                '< ' ~ (5 - number) if rfm_metrics()[metric].is_lower_better
                else '> ' ~ (number + 1)
            }}
            then 1
        else 0
    end
{%- endmacro %}
