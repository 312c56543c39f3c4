{#- Why the engine publishes nothing, or an empty text. Readers of other engines read the
    marts where they are built. -#}
{% macro default__why_unable_to_publish() -%}
    {{ return('files of DuckDB are published, which ' ~ target.type
        ~ ' does not write: read the schema marts') }}
{%- endmacro %}

{% macro duckdb__why_unable_to_publish() -%}
    {{ return('') }}
{%- endmacro %}
