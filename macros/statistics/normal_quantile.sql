{#- The z that a standard normal variable exceeds with a small probability, an SQL
    expression from 0 to .5 (Abramowitz & Stegun 1964, Handbook of mathematical functions,
    26.2.23: wrong by less than .00045). -#}
{% macro normal_quantile(probability) -%}
    {%- set t = 'sqrt(-2 * ln(' ~ probability ~ '))' -%}
    {{ t }} - (2.515517 + 0.802853 * {{ t }} + 0.010328 * power({{ t }}, 2)) / (
        1 + 1.432788 * {{ t }} + 0.189269 * power({{ t }}, 2)
        + 0.001308 * power({{ t }}, 3)
    )
{%- endmacro %}
