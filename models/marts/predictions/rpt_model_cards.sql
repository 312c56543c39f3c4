with

fits as (

    select
        fit_id,
        fit_date
    from {{ ref('int_fits') }}

),

cards as (

    select * from {{ ref('ml_model_cards') }}

),

serving as (

    select fit_id from {{ ref('int_fits__serving') }}
    where champion <> 'none'

)

select
    ---------- ids
    cast(cards.fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(cards.target as {{ dbt.type_string() }}) as model_name,
    cast(cards.card as {{ dbt.type_string() }}) as card,

    ---------- numerics
    cast(cards.fit_number as bigint) as fit_number,

    ---------- booleans
    serving.fit_id is not null as is_serving_now,

    ---------- dates
    cast(fits.fit_date as date) as fit_date
from cards
inner join fits
    on cards.fit_id = fits.fit_id
left join serving
    on cards.fit_id = serving.fit_id
