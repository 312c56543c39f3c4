{{ config(materialized='view') }}

select
    fit_id,
    target,
    {{ rows_of('lift') }}
from {{ ref('int_fits__serving') }}
