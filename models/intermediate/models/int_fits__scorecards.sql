{{ config(materialized='view') }}

select
    fit_id,
    target,
    {{ rows_of('scorecard') }}
from {{ ref('int_fits__serving') }}
