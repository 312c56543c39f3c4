-- Features that the live view works out anew are left out; of the others it has those of
-- the build.
with

customers as (

    select * from {{ ref('int_customers') }}

),

features as (

    select * from {{ ref('int_customers__history_features') }}
    where anchor_date in (
        select anchor_date from {{ ref('int_history_anchors') }}
        where is_scoring
    )

)

select
    {% for feature in stale_cluster_features() -%}
    features.{{ feature }},
    {% endfor -%}
    customers.customer_id
from customers
left join features
    on customers.customer_id = features.customer_id
order by customers.customer_id
