{#- The transform of a feature in SQL, the same as segmentation.transforms in Python.
    log1p is signed, so that a negative amount is no error: sign(x) ln(1 + |x|). -#}
{% macro transformed(transform, value) -%}
    {%- if transform == 'log1p' -%}
        sign({{ value }}) * ln(1 + abs(cast({{ value }} as double)))
    {%- elif transform == 'identity' -%}
        cast({{ value }} as double)
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            "unknown transform '" ~ transform ~ "': use identity or log1p"
        ) }}
    {%- endif -%}
{%- endmacro %}
