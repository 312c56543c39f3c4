{#- Sticky scores. Around each cut point lies a band of `sticky_band_pct` percentiles. Above
    it the cut point is passed, at or below it it is not, within it stays as it was: a
    Schmitt trigger at each cut point. Arguments as in rfm_score.

    What the sticky score was at the anchor before stands in beside_earlier. -#}
{% macro sticky_score(metric, customers='customers', cut_points='cut_points') -%}
    {%- set passed = [] -%}
    {%- for cut in cut_percentiles() -%}
        {%- do passed.append(
            'coalesce(' ~ is_clearly_passed(metric, cut, customers, cut_points) ~ ', '
            ~ had_passed(metric, cut, 'beside_earlier.earlier_sticky_' ~ metric ~ '_score') ~ ')'
        ) -%}
    {%- endfor -%}
    {{ score_of_passed(metric, passed) }}
{%- endmacro %}

{#- 1 where a cut point is clearly passed, 0 where it clearly is not, null in the band. -#}
{% macro is_clearly_passed(metric, cut, customers='customers', cut_points='cut_points') -%}
    {%- set value = customers ~ '.' ~ rfm_metrics()[metric].feature -%}
    case
        when {{ value }} > {{ cut_points }}.{{ metric }}_cut_{{ cut }}_high then 1
        when {{ value }} <= {{ cut_points }}.{{ metric }}_cut_{{ cut }}_low then 0
    end
{%- endmacro %}
