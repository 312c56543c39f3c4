-- As the models give them: targets are learned apart, and may contradict each other.
with

linear as (

    select * from {{ ref('int_customers__linear_probabilities') }}

),

trees as (

    select * from {{ ref('ml_customers__tree_probabilities') }}

),

fits as (

    select * from {{ ref('int_fits__serving') }}

),

scores as (

    select * from linear
    union all
    select * from trees

)

select
    scores.customer_id,
    scores.target,
    fits.fit_id,
    fits.champion,
    fits.is_baseline,
    fits.horizon_days,
    scores.probability
from scores
inner join fits
    on scores.target = fits.target
