{{ config(materialized='view') }}

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
    cards.fit_id,

    ---------- strings
    cards.target as model_name,
    cards.card,

    ---------- numerics
    cards.fit_number,

    ---------- booleans
    serving.fit_id is not null as is_serving_now,

    ---------- dates
    fits.fit_date
from cards
inner join fits
    on cards.fit_id = fits.fit_id
left join serving
    on cards.fit_id = serving.fit_id
