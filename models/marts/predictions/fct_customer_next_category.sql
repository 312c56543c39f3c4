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
    cast(category as {{ dbt.type_string() }}) as category,
    cast(champion as {{ dbt.type_string() }}) as served_by,

    ---------- numerics
    cast(category_rank as bigint) as category_rank,
    cast(round(probability, 6) as double) as probability,

    ---------- dates
    anchor_date as as_of_date
from ranked
where category_rank <= 3
