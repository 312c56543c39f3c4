{{ config(materialized='view') }}

select
    fit_id,
    target,
    {{ rows_of('tuning') }}
from {{ ref('int_fits__serving') }}
