{#- A column if the setting segment_dimensions includes its dimension, else null. -#}
{% macro if_segmented_by(dimension, column) -%}
    {{ column if dimension in segment_dimensions() else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
{%- endmacro %}
