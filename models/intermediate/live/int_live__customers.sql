-- Features that the live view works out anew are left out.
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring'

)

select
    {% for feature in var('cluster_features') if feature not in live_features() -%}
    {{ feature }},
    {% endfor -%}
    customer_id
from customers
order by customer_id
