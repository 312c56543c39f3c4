-- Purchase probabilities that agree: churn is kept as served, and a shorter horizon
-- never has the higher probability. Horizons are learned separately; without this step
-- a few customers would be likelier to buy within 30 days than within 90.
{%- set churn_horizon = setting('horizon_days') %}
with

probabilities as (

    select
        customer_id,
        horizon_days,
        fit_id,
        champion,
        case target when 'churn' then 1 - probability else probability end
            as purchase_probability
    from {{ ref('int_customers__learned_purchase_probabilities') }}

),

shorter as (

    select
        *,
        min(purchase_probability) over (
            partition by customer_id
            order by horizon_days desc
            rows between unbounded preceding and current row
        ) as coherent_probability
    from probabilities
    where horizon_days <= {{ churn_horizon }}

),

longer as (

    select
        *,
        max(purchase_probability) over (
            partition by customer_id
            order by horizon_days
            rows between unbounded preceding and current row
        ) as coherent_probability
    from probabilities
    where horizon_days >= {{ churn_horizon }}

),

coherent as (

    select * from shorter
    union all
    select * from longer
    where horizon_days > {{ churn_horizon }}

)

select
    customer_id,
    horizon_days,
    fit_id,
    champion,
    purchase_probability as learned_probability,
    coherent_probability as purchase_probability
from coherent
