{#- The lists of people to address whose fairness is measured: every mart tagged
    `activation`, by its body, since nothing reads a mart. A rule of the house fails where
    one is missing here.

    list:     the body, one row per list and customer
    list_id:  what names the list in it, an SQL expression
    left_out: a model, one row per list and customer, of those who cannot be on the list
              however they are chosen; none where all buyers can -#}
{% macro activation_lists() -%}
    {{ return([
        {
            'list': 'int_lookalikes',
            'list_id': 'list_id',
            'left_out': 'int_customers__lookalike_seeds',
        },
    ]) }}
{%- endmacro %}
