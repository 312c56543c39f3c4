{#- The cluster whose centre is nearest, as the body of a CTE: customer_id, cluster_id and
    distance_to_centre for every customer of the relation. Of two equally near centres, the
    lower cluster.

    customers: a relation with customer_id and the features of the var cluster_features -#}
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
            customers.customer_id,
            centres.cluster_id,
            0
            {%- for feature in features %}
            + {{ squared_distance(feature) }}
            {%- endfor %} as squared_distance
        from {{ customers }} as customers
        cross join centres
    )

    select
        customer_id,
        cluster_id,
        sqrt(squared_distance) as distance_to_centre
    from distances
    qualify
        row_number() over (
            partition by customer_id
            order by squared_distance asc, cluster_id asc
        ) = 1
{%- endmacro %}
