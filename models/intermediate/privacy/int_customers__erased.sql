{{ config(materialized='view') }}

-- Whoever asked to be erased, whatever else is wrong with the request.
select distinct customer_id
from {{ ref('int_erasure_requests__checked') }}
where customer_id is not null
