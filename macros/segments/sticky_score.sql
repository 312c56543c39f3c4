{#- Sticky scores fall at once, and rise only when a cut point is clearly passed: by
    `sticky_band_pct` percentiles. Between the two they stay as they were (hysteresis).
    Arguments as in rfm_score.

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

{#- 1 where a cut point is clearly passed, 0 where it clearly is not, null in between. -#}
{% macro is_clearly_passed(metric, cut, customers='customers', cut_points='cut_points') -%}
    {%- set value = customers ~ '.' ~ rfm_metrics()[metric].feature -%}
    {%- set plain = cut_points ~ '.' ~ metric ~ '_cut_' ~ cut -%}
    {%- set clear = plain ~ '_clear' -%}
    {%- set is_lower_better = rfm_metrics()[metric].is_lower_better -%}
    case
        when {{ value }} > {{ plain if is_lower_better else clear }} then 1
        when {{ value }} <= {{ clear if is_lower_better else plain }} then 0
    end
{%- endmacro %}
