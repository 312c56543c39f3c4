{{ config(materialized='view') }}

select
    fit_id,
    target,
    {{ rows_of('parameters') }}
from {{ ref('int_fits__serving_next_categories') }}
