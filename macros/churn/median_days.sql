{#- The day by which survival is down to a half, from the cumulative hazards at some
    horizons: `hazard_30`, `hazard_90`, … Between horizons the hazard is constant;
    beyond the last it stays as between the last two. Null where survival never gets
    there. segmentation.predictions.order_days is the same rule in Python. -#}
{% macro median_days(horizons) -%}
    {%- set half = 0.6931471805599453 -%}
    case
        {%- for horizon in horizons %}
        {%- set start = horizons[loop.index0 - 1] if not loop.first else 0 %}
        {%- set before = 'hazard_' ~ start if not loop.first else '0' %}
        {%- set rate = '((hazard_' ~ horizon ~ ' - ' ~ before ~ ') / '
            ~ (horizon - start) ~ '.0)' %}
        when
            {% if not loop.last -%} hazard_{{ horizon }} >= {{ half }} and {% endif -%}
            {{ rate }} > 0
            then {{ start }} + ({{ half }} - {{ before }}) / {{ rate }}
        {%- endfor %}
    end
{%- endmacro %}
