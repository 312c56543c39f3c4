{{ config(materialized='view') }}

with

scores as (

    select * from {{ ref('int_customers__next_category_scores') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by probability desc, category asc
        ) as category_rank
    from scores
    where probability > 0

)

select
    ---------- ids
    customer_id,
    fit_id,

    ---------- strings
    category,
    champion as served_by,

    ---------- numerics
    category_rank,
    round(probability, 6) as probability,

    ---------- dates
    anchor_date as as_of_date
from ranked
where category_rank <= 3
