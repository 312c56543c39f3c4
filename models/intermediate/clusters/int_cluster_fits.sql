{{ config(materialized='view') }}

-- A fit holds for as long as the orders before its day are those that it saw: late ones
-- make another in its place, and it is kept as a record. An old date replayed knows no
-- fit of a later day.
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
