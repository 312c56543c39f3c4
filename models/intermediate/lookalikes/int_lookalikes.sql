{{ config(materialized='view') }}

with

lookalikes as (

    select * from {{ ref('ml_customers__lookalikes') }}

),

scoring as (

    select anchor_date from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

)

select
    ---------- ids
    lookalikes.list_id,
    lookalikes.customer_id,
    lookalikes.nearest_seed_customer_id,

    ---------- numerics
    lookalikes.lookalike_rank,
    lookalikes.similarity,
    lookalikes.distance_to_nearest_seed,

    ---------- dates
    scoring.anchor_date as as_of_date
from lookalikes
cross join scoring
