{#- The bounds of the 95 % interval of a share, by its score (Wilson 1927, Probable
    inference, the law of succession, and statistical inference, JASA 22):
    (x + z²/2 ∓ z √(x (n - x) / n + z²/4)) / (n + z²). Null where nothing was counted.
    Unlike p ∓ z √(p (1 - p) / n) it never leaves [0, 1], and has a width at 0 and 1. -#}
{% macro wilson_lower(count_hits, count_all) -%}
    {{ wilson_bound(count_hits, count_all, '-') }}
{%- endmacro %}

{% macro wilson_upper(count_hits, count_all) -%}
    {{ wilson_bound(count_hits, count_all, '+') }}
{%- endmacro %}

{% macro wilson_bound(count_hits, count_all, sign) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set hits = 'cast(' ~ count_hits ~ ' as double)' -%}
    {%- set all = 'nullif(cast(' ~ count_all ~ ' as double), 0)' -%}
    {%- set whole = '(' ~ all ~ ' + ' ~ z * z ~ ')' -%}
    {#- at 0 and 1, rounding could lead outside the range -#}
    greatest(0, least({{ whole }}, {{ hits }} + {{ z * z / 2 }} {{ sign }} {{ z }} * sqrt(
        {{ hits }} * ({{ all }} - {{ hits }}) / {{ all }} + {{ z * z / 4 }}
    ))) / {{ whole }}
{%- endmacro %}
