{#- The score of each customer by each model that serves, as a query. -#}
{% macro scores_of_today() -%}
    {% for scores in [
        'int_customers__learned_purchase_probabilities',
        'int_customers__response_probabilities',
    ] -%}
    select
        customer_id,
        target,
        probability as score
    from {{ ref(scores) }}
    union all
    {% endfor -%}
    select
        customer_id,
        target,
        expected_net_amount as score
    from {{ ref('ml_customers__amounts') }}
{%- endmacro %}
