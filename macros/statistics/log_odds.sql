{#- The log odds of a probability; 0 and 1 are moved slightly inwards. -#}
{% macro log_odds(probability) -%}
    {%- set inside = 'least(greatest(' ~ probability ~ ', 1e-12), 1 - 1e-12)' -%}
    ln({{ inside }} / (1 - {{ inside }}))
{%- endmacro %}
