{#- True where a value is not among those that could not be read: a null is then a
    missing value, not a second complaint about the same one. -#}
{% macro is_not_unreadable(column) -%}
    {{ return("coalesce(unreadable_values, '') not like '%" ~ column ~ " cannot be read%'") }}
{%- endmacro %}
