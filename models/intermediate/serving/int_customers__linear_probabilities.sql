-- The linear models that serve, applied from their coefficients.
{%- set features = probability_features() %}
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

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
    from {{ ref('int_fits__coefficients') }}
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

)

select
    customer_id,
    target,
    1 / (1 + exp(-log_odds)) as probability
from scored
