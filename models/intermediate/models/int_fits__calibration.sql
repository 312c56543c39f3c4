{{ config(materialized='view') }}

select
    fit_id,
    target,
    {{ rows_of('calibration') }}
from {{ ref('int_fits__serving') }}
