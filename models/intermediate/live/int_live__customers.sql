-- Features that the live view computes anew are left out; the others keep the values of
-- the build. Sticky scores are those of the last date on the grid, from which the next
-- build starts too.
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

),

earlier as (

    select * from {{ ref('int_customers__history_segments') }}
    where
        anchor_date = (
            select max(anchors.anchor_date)
            from {{ ref('int_history_anchors') }} as anchors
            where anchors.is_on_grid
        )

)

select
    {% for feature in stale_cluster_features() -%}
    features.{{ feature }},
    {% endfor -%}
    {% for metric in rfm_metrics() -%}
    earlier.sticky_{{ metric }}_score as earlier_sticky_{{ metric }}_score,
    {% endfor -%}
    coalesce(features.has_bought, false) as has_bought,
    customers.customer_id
from customers
left join features
    on customers.customer_id = features.customer_id
left join earlier
    on customers.customer_id = earlier.customer_id
order by customers.customer_id
