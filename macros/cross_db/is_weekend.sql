{#- Saturday or Sunday. Engines number the days of the week differently, so they are
    counted from a Monday. -#}
{% macro is_weekend(date) -%}
    {{ dbt.datediff("cast('1900-01-01' as date)", date, 'day') }} % 7 >= 5
{%- endmacro %}
