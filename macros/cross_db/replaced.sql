{#- A text in which all that matches a regular expression is replaced. `\1` in `by` stands
    for the first group. -#}
{% macro replaced(text, pattern, by) -%}
    {{ return(adapter.dispatch('replaced', 'segmentation')(text, pattern, by)) }}
{%- endmacro %}

{% macro default__replaced(text, pattern, by) -%}
    {{ return('regexp_replace(' ~ text ~ ", '" ~ pattern ~ "', '"
        ~ modules.re.sub('\\\\([0-9])', '$\\1', by) ~ "')") }}
{%- endmacro %}

{% macro duckdb__replaced(text, pattern, by) -%}
    {{ return('regexp_replace(' ~ text ~ ", '" ~ pattern ~ "', '" ~ by ~ "', 'g')") }}
{%- endmacro %}
