{#- Compares a later amount with an earlier one, from -1 (all gone) over 0
    (unchanged) to 1 (all new): (later - earlier) / (later + earlier), and 0 where
    both are 0. -#}
{% macro relative_change(later, earlier) -%}
    coalesce(
        cast({{ later }} - {{ earlier }} as double)
        / nullif(cast({{ later }} + {{ earlier }} as double), 0),
        0
    )
{%- endmacro %}
