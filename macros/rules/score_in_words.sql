{#- A score with the cut points on both sides of the value: '3 of 5 (more than 2, at
    most 5)'. For whole numbers only the whole part of a cut point is shown: a whole
    number exceeds the one exactly when it exceeds the other.

    metric: recency | frequency | monetary, as in int_history__cut_points
    score:  the score
    digits: decimals of the cut points to show -#}
{% macro score_in_words(metric, score, digits=0) -%}
    {%- set string = dbt.type_string() -%}
    {%- set band -%}
        {%- if rfm_metrics()[metric].is_lower_better -%} 6 - {{ score }}
        {%- else -%} {{ score }} {%- endif -%}
    {%- endset -%}
    cast({{ score }} as {{ string }}) || ' of 5 (' || concat_ws(
        ', ',
        case {{ band }}
            {%- for cut in cut_percentiles() %}
            when {{ loop.index + 1 }}
                then 'more than ' || cast(
                    cast(
                        floor(cut_points.{{ metric }}_cut_{{ cut }} * {{ 10 ** digits }})
                        / {{ 10 ** digits }} as decimal(18, {{ digits }})
                    ) as {{ string }}
                )
            {%- endfor %}
        end,
        case {{ band }}
            {%- for cut in cut_percentiles() %}
            when {{ loop.index }}
                then 'at most ' || cast(
                    cast(
                        floor(cut_points.{{ metric }}_cut_{{ cut }} * {{ 10 ** digits }})
                        / {{ 10 ** digits }} as decimal(18, {{ digits }})
                    ) as {{ string }}
                )
            {%- endfor %}
        end
    ) || ')'
{%- endmacro %}
