{#- The band of tenure within which customers are compared: `TENURE_EDGES` of
    `learning/reference.py`, from which the stored counts are. -#}
{% macro tenure_band(days_since_first_order) -%}
    1
    {%- for edge in [92, 183, 365, 548, 730, 1095, 1460] %}
    + case when {{ days_since_first_order }} > {{ edge }} then 1 else 0 end
    {%- endfor %}
{%- endmacro %}
