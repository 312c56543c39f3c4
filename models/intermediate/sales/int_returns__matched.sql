-- A return undoes the customer's latest purchase of the product first.
with

sale_lines as (

    select * from {{ ref('int_sale_lines') }}

),

return_lines as (

    select * from {{ ref('int_return_lines') }}
    where customer_id is not null

),

{{ matched_returns() }}
