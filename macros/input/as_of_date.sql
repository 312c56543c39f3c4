{#- The as_of_date setting as a date; null where it is not set. -#}
{% macro as_of_date() -%}
    {%- if setting('as_of_date') -%}
        cast('{{ setting("as_of_date") }}' as date)
    {%- else -%}
        cast(null as date)
    {%- endif -%}
{%- endmacro %}
