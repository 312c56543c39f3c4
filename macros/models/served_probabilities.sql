{#- The body of a model: the probabilities that the fits of a product give, one row per
    buyer and target. Linear models are applied here, from their coefficients; trees are
    applied in Python.

    serving:      the model that holds the fits that serve
    coefficients: the model that holds the coefficients of the linear ones
    trees:        the model that holds the probabilities of the trees -#}
{% macro served_probabilities(serving, coefficients, trees) -%}
{%- set features = probability_features() -%}
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

serving as (

    select * from {{ serving }}

),

coefficients as (

    select
        target,
        {% for feature in features -%}
        coalesce(max(case when feature = '{{ feature }}' then weight end), 0)
            as {{ feature }}_weight,
        max(case when feature = '{{ feature }}' then transform end)
            as {{ feature }}_transform,
        coalesce(max(case when feature = '{{ feature }}' then fill_value end), 0)
            as {{ feature }}_fill,
        {% endfor -%}
        max(case when feature = '(intercept)' then weight end) as intercept
    from {{ coefficients }}
    where kind = 'probability'
    group by target

),

scored as (

    select
        customers.customer_id,
        coefficients.target,
        coefficients.intercept
        {%- for feature in features %}
        + {{ linear_term(feature) }}
        {%- endfor %} as log_odds
    from customers
    cross join coefficients

),

scores as (

    select
        customer_id,
        target,
        1 / (1 + exp(-log_odds)) as probability
    from scored
    union all
    select
        customer_id,
        target,
        probability
    from {{ trees }}

)

select
    ---------- ids
    scores.customer_id,
    serving.fit_id,

    ---------- strings
    scores.target,
    serving.champion,

    ---------- numerics
    serving.horizon_days,
    scores.probability,

    ---------- booleans
    serving.is_baseline
from scores
inner join serving
    on scores.target = serving.target
{%- endmacro %}
