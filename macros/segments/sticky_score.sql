{#- Sticky scores fall at once, and rise only when a cut point is clearly passed: by
    `sticky_band_pct` percentiles. Between the two they stay as they were (hysteresis).
    Customers without an earlier score get the plain one. Arguments as in rfm_score.

    earlier: the relation with the previous scores, earlier_sticky_<metric>_score -#}
{% macro sticky_score(metric, earlier, customers='customers', cut_points='cut_points') -%}
    {%- set score = earlier ~ '.earlier_sticky_' ~ metric ~ '_score' -%}
    {%- set passed = [] -%}
    {%- for cut in cut_percentiles() -%}
        {%- set was_passed -%}
            case
                when {{ score }} is null then {{ is_passed(metric, cut, customers, cut_points) }}
                else {{ had_passed(metric, cut, score) }}
            end
        {%- endset -%}
        {%- do passed.append(
            'coalesce(' ~ is_clearly_passed(metric, cut, customers, cut_points) ~ ', '
            ~ was_passed ~ ')'
        ) -%}
    {%- endfor -%}
    {{ score_of_passed(metric, passed) }}
{%- endmacro %}

{#- 1 where a cut point is clearly passed, 0 where it clearly is not, null in
    between. -#}
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
