{#- Whether a customer's three scores match a cell of the seed `rfm_cells`.

    customer: the relation that holds the scores, <prefix><metric>_score<suffix>
    cell:     the relation that holds the cells -#}
{% macro is_in_cell(customer, cell, prefix='', suffix='') -%}
    (
        {%- for metric in rfm_metrics() %}
        {{ customer }}.{{ prefix }}{{ metric }}_score{{ suffix }} = {{ cell }}.{{ metric }}_score
        {%- if not loop.last %} and {% endif -%}
        {%- endfor %}
    )
{%- endmacro %}
