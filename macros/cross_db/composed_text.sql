{#- A text in its composed Unicode form (NFC), so that é is one character wherever it was
    written. -#}
{% macro composed_text(text) -%}
    {{ return(adapter.dispatch('composed_text', 'segmentation')(text)) }}
{%- endmacro %}

{% macro default__composed_text(text) -%}
    {{ return(text) }}
{%- endmacro %}

{% macro duckdb__composed_text(text) -%}
    {{ return('nfc_normalize(' ~ text ~ ')') }}
{%- endmacro %}
