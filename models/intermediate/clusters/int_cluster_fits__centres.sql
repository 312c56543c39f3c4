{{ config(materialized='view') }}

select
    fit_id,
    fit_date,
    {{ rows_of('centres') }}
from {{ ref('int_cluster_fits') }}
where is_valid
