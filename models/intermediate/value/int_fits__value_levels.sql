{{ config(materialized='view') }}

select
    fit_id,
    target,
    {{ rows_of('levels') }}
from {{ ref('int_fits__serving_values') }}
