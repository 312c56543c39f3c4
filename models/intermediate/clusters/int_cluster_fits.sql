{{ config(materialized='view') }}

-- A fit holds for as long as the orders before its day are those that it saw. Late ones
-- make another in its place, and it is kept as a record.
with

fits as (

    select * from {{ ref('ml_customers__cluster_fits') }}

),

anchors as (

    select * from {{ ref('int_history_anchors') }}

)

select
    fits.*,
    anchors.anchor_date is not null as is_valid,
    anchors.anchor_date is not null and fits.method <> 'none' as is_able
from fits
left join anchors
    on
        fits.fit_date = anchors.anchor_date
        and coalesce(fits.input_checksum, '') = coalesce(anchors.input_checksum, '')
