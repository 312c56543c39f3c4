{#- The bounds of an interval of a ratio of two shares, on the scale of its logarithm (Katz,
    Baptista, Azen & Pike 1978, Obtaining confidence intervals for the risk ratio in cohort
    studies, Biometrics 34), with half a case added to each count, so that it is there where
    nobody was hit (Walter 1975, The distribution of Levin's measure of attributable risk,
    Biometrika 62). Null where nothing was counted.

    z: the normal quantile, an SQL expression -#}
{% macro ratio_lower(hits, count_all, other_hits, other_count, z) -%}
    {{ ratio_bound(hits, count_all, other_hits, other_count, z, '-') }}
{%- endmacro %}

{% macro ratio_upper(hits, count_all, other_hits, other_count, z) -%}
    {{ ratio_bound(hits, count_all, other_hits, other_count, z, '+') }}
{%- endmacro %}

{% macro ratio_bound(hits, count_all, other_hits, other_count, z, sign) -%}
    {%- set half = 'cast(0.5 as double)' -%}
    exp(
        ln(
            ({{ hits }} + {{ half }}) / (nullif({{ count_all }}, 0) + {{ half }})
            / (({{ other_hits }} + {{ half }}) / (nullif({{ other_count }}, 0) + {{ half }}))
        )
        {{ sign }} ({{ z }}) * sqrt(
            1 / ({{ hits }} + {{ half }}) - 1 / ({{ count_all }} + {{ half }})
            + 1 / ({{ other_hits }} + {{ half }}) - 1 / ({{ other_count }} + {{ half }})
        )
    )
{%- endmacro %}
