{#- The inverse of the signed logarithm of transformed('log1p', …). -#}
{% macro untransformed_log1p(value) -%}
    sign({{ value }}) * (exp(abs({{ value }})) - 1)
{%- endmacro %}
