{#- Whether a text, an SQL expression, is one of some texts; null where it is null. -#}
{% macro is_one_of(text, texts) -%}
    {%- set quoted = [] -%}
    {%- for item in texts -%}
        {%- do quoted.append(quoted_text(item)) -%}
    {%- endfor -%}
    {%- if not quoted -%}
        {{ return('false') }}
    {%- endif -%}
    {{ return(adapter.dispatch('is_in_list', 'segmentation')(text, quoted | join(', '))) }}
{%- endmacro %}

{% macro default__is_in_list(text, list) -%}
    {{ text }} in ({{ list }})
{%- endmacro %}

{#- DuckDB turns a long `in` list into a join, and works the text out many times. -#}
{% macro duckdb__is_in_list(text, list) -%}
    list_contains([{{ list }}], {{ text }})
{%- endmacro %}
