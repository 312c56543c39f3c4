-- Customers who are already on the list would be addressed twice.
select
    lookalikes.list_id,
    lookalikes.customer_id
from {{ ref('fct_lookalikes') }} as lookalikes
inner join {{ ref('int_customers__lookalike_seeds') }} as seeds
    on
        lookalikes.list_id = seeds.list_id
        and lookalikes.customer_id = seeds.customer_id
