{#- A text as a whole number, or null. Casts would round fractions; `7.0`, which is how
    some tools write 7, is read. -#}
{% macro whole_number(text) -%}
    {{ return(adapter.dispatch('whole_number', 'segmentation')(text)) }}
{%- endmacro %}

{% macro default__whole_number(text) -%}
    case
        when {{ text }} rlike '^[+-]?[0-9]+([.]0*)?$'
            then try_cast(regexp_replace({{ text }}, '[.]0*$', '') as bigint)
    end
{%- endmacro %}

{% macro duckdb__whole_number(text) -%}
    case
        when regexp_matches({{ text }}, '^[+-]?[0-9]+([.]0*)?$')
            then try_cast(regexp_replace({{ text }}, '[.]0*$', '') as bigint)
    end
{%- endmacro %}
