{{ config(materialized='view') }}

select
    fit_id,
    target,
    kind,
    {{ rows_of('coefficients') }}
from {{ ref('int_fits__serving_responses') }}
