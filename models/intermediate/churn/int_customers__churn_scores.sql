-- Logistic regressions are applied here, from their coefficients; the trees' scores
-- come ready. Which one serves is the scorecard's word. The baseline's one feature is
-- there whether or not it is among the candidates'.
{%- set names = ['days_since_last_order'] + var('churn_features') | list %}
{%- set features = names | unique | list %}
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

coefficients as (

    select
        candidate,
        {% for feature in features -%}
        coalesce(max(case when feature = '{{ feature }}' then weight end), 0)
            as {{ feature }}_weight,
        max(case when feature = '{{ feature }}' then transform end)
            as {{ feature }}_transform,
        coalesce(max(case when feature = '{{ feature }}' then fill_value end), 0)
            as {{ feature }}_fill,
        {% endfor -%}
        max(case when feature = '(intercept)' then weight end) as intercept
    from {{ ref('ml_customers__churn_coefficients') }}
    group by candidate

),

linear as (

    select
        customers.customer_id,
        customers.anchor_date,
        coefficients.candidate,
        coefficients.intercept
        {%- for feature in features %}
        + {{ linear_term(feature) }}
        {%- endfor %} as log_odds
    from customers
    cross join coefficients

),

trees as (

    select * from {{ ref('ml_customers__churn_tree_scores') }}

)

select
    customer_id,
    anchor_date,
    candidate,
    1 / (1 + exp(-log_odds)) as churn_probability
from linear

union all

select
    customers.customer_id,
    customers.anchor_date,
    'boosted trees' as candidate,
    trees.churn_probability
from customers
inner join trees
    on customers.customer_id = trees.customer_id
