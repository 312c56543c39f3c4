{#- The bounds of the 95 % interval of a difference of two shares, from their Wilson
    bounds (Newcombe 1998, Interval estimation for the difference between independent
    proportions, Statistics in Medicine 17, method 10). Null where nothing was counted. -#}
{% macro newcombe_lower(hits, count_all, other_hits, other_count) -%}
    {{ newcombe_bound(
        hits, count_all, other_hits, other_count, '-',
        wilson_lower(hits, count_all), wilson_upper(other_hits, other_count)
    ) }}
{%- endmacro %}

{% macro newcombe_upper(hits, count_all, other_hits, other_count) -%}
    {{ newcombe_bound(
        hits, count_all, other_hits, other_count, '+',
        wilson_upper(hits, count_all), wilson_lower(other_hits, other_count)
    ) }}
{%- endmacro %}

{% macro newcombe_bound(
    hits, count_all, other_hits, other_count, sign, bound, other_bound
) -%}
    {%- set share = 'cast(' ~ hits ~ ' as double) / nullif(' ~ count_all ~ ', 0)' -%}
    {%- set other = 'cast(' ~ other_hits ~ ' as double) / nullif(' ~ other_count ~ ', 0)' -%}
    {{ share }} - {{ other }} {{ sign }} sqrt(
        power({{ share }} - {{ bound }}, 2) + power({{ other }} - {{ other_bound }}, 2)
    )
{%- endmacro %}
