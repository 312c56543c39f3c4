{#- The named columns of a row as one JSON text. -#}
{% macro row_as_json(columns) -%}
    {{ return(adapter.dispatch('row_as_json', 'segmentation')(columns)) }}
{%- endmacro %}

{% macro default__row_as_json(columns) -%}
    to_json(struct({{ columns | join(', ') }}))
{%- endmacro %}

{% macro duckdb__row_as_json(columns) -%}
    cast(to_json(struct_pack(
        {%- for column in columns %}{{ column }} := {{ column }}
            {%- if not loop.last %}, {% endif %}
        {%- endfor -%}
    )) as varchar)
{%- endmacro %}
