{#- Whether a column could be read, so that a null is reported as missing only when it
    was missing, and not a second time as unreadable. -#}
{% macro is_not_unreadable(column) -%}
    {{ return("coalesce(unreadable_values, '') not like '%" ~ column ~ " cannot be read%'") }}
{%- endmacro %}
