-- Features that the live view works out anew are left out; of the others it has those of
-- the build.
with

customers as (

    select * from {{ ref('int_customers') }}

),

features as (

    select
        history.*,
        true as has_bought
    from {{ ref('int_customers__history_features') }} as history
    inner join {{ ref('int_history_anchors') }} as anchors
        on history.anchor_date = anchors.anchor_date
    where anchors.is_scoring

)

select
    {% for feature in stale_cluster_features() -%}
    features.{{ feature }},
    {% endfor -%}
    coalesce(features.has_bought, false) as has_bought,
    customers.customer_id
from customers
left join features
    on customers.customer_id = features.customer_id
order by customers.customer_id
