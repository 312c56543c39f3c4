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
    cast(lookalikes.list_id as {{ dbt.type_string() }}) as list_id,
    cast(lookalikes.customer_id as {{ dbt.type_string() }}) as customer_id,
    cast(lookalikes.nearest_seed_customer_id as {{ dbt.type_string() }})
        as nearest_seed_customer_id,

    ---------- numerics
    cast(lookalikes.lookalike_rank as bigint) as lookalike_rank,
    cast(lookalikes.similarity as double) as similarity,
    cast(lookalikes.distance_to_nearest_seed as double) as distance_to_nearest_seed,

    ---------- dates
    scoring.anchor_date as as_of_date
from lookalikes
cross join scoring
