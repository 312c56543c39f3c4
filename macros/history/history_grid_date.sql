{#- The first day of each step of the grid that history is kept on: `history_grid` names
    the step. -#}
{% macro history_grid_date(date) -%}
    cast({{ dbt.date_trunc(var('history_grid'), date) }} as date)
{%- endmacro %}
