-- The nearest centre, on the standardised logarithms the centres were learned on.
{%- set features = var('cluster_features') %}
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

centres as (

    select
        {% for feature in features -%}
        max(case when feature = '{{ feature }}' then feature_mean end)
            as {{ feature }}_mean,
        max(case when feature = '{{ feature }}' then feature_scale end)
            as {{ feature }}_scale,
        max(case when feature = '{{ feature }}' then centre end)
            as {{ feature }}_centre,
        {% endfor -%}
        cluster_id
    from {{ ref('ml_customers__cluster_centres') }}
    group by cluster_id

),

distances as (

    select
        customers.customer_id,
        customers.anchor_date,
        centres.cluster_id,
        0
        {%- for feature in features %}
        + {{ squared_distance(feature) }}
        {%- endfor %} as squared_distance
    from customers
    cross join centres

)

select
    customer_id,
    anchor_date,
    cluster_id,
    sqrt(squared_distance) as distance_to_centre
from distances
qualify
    row_number() over (
        partition by customer_id
        order by squared_distance asc, cluster_id asc
    ) = 1
