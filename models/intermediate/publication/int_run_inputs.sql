{{ config(materialized='view') }}

select * from {{ source('ledger', 'run_inputs') }}
