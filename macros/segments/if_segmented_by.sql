{#- A column where the var segment_dimensions asks for its way of segmenting, else null. -#}
{% macro if_segmented_by(dimension, column) -%}
    {{ column if dimension in segment_dimensions() else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
{%- endmacro %}
