{#- Customers with the cluster whose centre is nearest, as the body of a CTE: their columns,
    cluster_id and distance_to_centre. Of two equally near centres, the lower cluster; none
    without orders, or where there are no clusters.

    customers: a relation with customer_id, count_orders and the features of the var
               cluster_features -#}
{% macro nearest_cluster(customers) -%}
    {%- set features = var('cluster_features') -%}
    with centres as (
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
            customers.*,
            centres.cluster_id,
            0
            {%- for feature in features %}
            + {{ squared_distance(feature) }}
            {%- endfor %} as squared_distance
        from {{ customers }} as customers
        left join centres
            on customers.count_orders > 0
    )

    select
        *,
        sqrt(squared_distance) as distance_to_centre
    from distances
    qualify
        row_number() over (
            partition by customer_id
            order by squared_distance asc nulls last, cluster_id asc nulls last
        ) = 1
{%- endmacro %}
