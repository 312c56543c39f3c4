{#- Customers with the cluster of the nearest prototype that serves, as the body of a
    CTE: their columns and cluster_id, by the rule of int_customers__history_clusters.
    Null without orders or clusters, 0 where no prototype is near enough.

    customers: a relation with customer_id, count_orders and the cluster features -#}
{% macro nearest_cluster(customers) -%}
    {%- set features = setting('cluster_features') -%}
    {%- set categories = setting('cluster_categories') -%}
    with logs as (
        select
            *,
            {% for feature in features -%}
            {{ transformed('log1p', 'coalesce(' ~ feature ~ ', 0)') }}
                as {{ feature }}_log{{ ',' if not loop.last }}
            {% endfor %}
        from {{ customers }}
    ),

    scores as (
        select
            logs.*,
            prototypes.cluster_id as nearest_cluster_id,
            prototypes.prototype_id,
            prototypes.max_distance,
            prototypes.prototype_offset + prototypes.category_distance
            {%- for category in categories %}
            + coalesce({{ category }}_changes.score_change, 0)
            {%- endfor %}
            {%- for feature in features %}
            {%- set away = '(prototypes.' ~ feature ~ '_slope * logs.' ~ feature
                ~ '_log - prototypes.' ~ feature ~ '_shift)' %}
            + {{ away }} * {{ away }}
            {%- endfor %} as score
        from logs
        left join {{ ref('int_live__prototypes') }} as prototypes
            on logs.count_orders > 0
        {%- for category in categories %}
        left join {{ ref('int_live__prototype_categories') }} as {{ category }}_changes
            on
                prototypes.prototype_id = {{ category }}_changes.prototype_id
                and {{ category }}_changes.feature = '{{ category }}'
                and {{ category }}_changes.category = coalesce(logs.{{ category }}, '')
        {%- endfor %}
    )

    select
        *,
        case when score > max_distance then 0 else nearest_cluster_id end as cluster_id
    from scores
    qualify
        row_number() over (
            partition by customer_id
            order by score asc nulls last, prototype_id asc nulls last
        ) = 1
{%- endmacro %}
