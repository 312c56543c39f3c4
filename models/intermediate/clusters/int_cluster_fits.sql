{{ config(materialized='view') }}

-- A fit is valid as long as the orders before its date are those it was trained on.
-- Late orders lead to a new fit, and the old one stays as a record. An old date,
-- replayed, does not see fits of later dates.
with

fits as (

    select * from {{ ref('ml_cluster_fits') }}

),

anchors as (

    select * from {{ ref('int_history_anchors') }}

),

scoring as (

    select anchor_date from anchors
    where is_scoring

),

judged as (

    select
        fits.*,
        anchors.anchor_date is not null and fits.serves_from <= scoring.anchor_date
            as is_valid
    from fits
    left join anchors
        on
            fits.fit_date = anchors.anchor_date
            and coalesce(fits.input_checksum, '')
            = coalesce(anchors.input_checksum, '')
    left join scoring
        on 1 = 1

)

select
    *,
    is_valid and method <> 'none' as is_able
from judged
