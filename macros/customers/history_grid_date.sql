{#- The first day of the history grid step that holds a date; `history_grid` names the
    step. -#}
{% macro history_grid_date(date) -%}
    cast({{ dbt.date_trunc(setting('history_grid'), date) }} as date)
{%- endmacro %}

{#- The setting history_from as a date; a date before all others where it is not
    set. -#}
{% macro history_from() -%}
    cast('{{ setting("history_from") or "0001-01-01" }}' as date)
{%- endmacro %}
