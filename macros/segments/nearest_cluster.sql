{#- Customers with the cluster whose prototype is nearest by the fit that serves today, as
    the body of a CTE: their columns and cluster_id. It is the rule of
    int_customers__history_clusters, for a few customers at once; none without orders, or
    where there are no clusters.

    customers: a relation with customer_id, count_orders, and the vars cluster_features
               and cluster_categories -#}
{% macro nearest_cluster(customers) -%}
    {%- set features = list_setting('cluster_features') -%}
    {%- set categories = list_setting('cluster_categories') -%}
    with serving as (
        select
            fits.fit_id,
            fits.max_distance
        from {{ ref('int_history_anchors__clusters') }} as anchors
        inner join {{ ref('int_cluster_fits') }} as fits
            on anchors.cluster_fit_id = fits.fit_id
        where anchors.is_scoring
    ),

    prototype_rows as (
        select prototypes.*
        from {{ ref('int_cluster_fits__prototypes') }} as prototypes
        inner join serving
            on prototypes.fit_id = serving.fit_id
    ),

    prototypes as (
        select
            {% for feature in features -%}
            coalesce(max(
                case when feature = '{{ feature }}' then sqrt(weight) / feature_scale end
            ), 0) as {{ feature }}_slope,
            coalesce(max(
                case
                    when feature = '{{ feature }}'
                        then sqrt(weight) * (feature_mean / feature_scale + centre)
                end
            ), 0) as {{ feature }}_shift,
            {% endfor -%}
            coalesce(
                sum(case when category is not null then weight * centre * centre end), 0
            ) as category_distance,
            cluster_id,
            prototype_id,
            prototype_offset
        from prototype_rows
        group by cluster_id, prototype_id, prototype_offset
    ),

    scores as (
        select
            customers.*,
            prototypes.cluster_id as nearest_cluster_id,
            prototypes.prototype_id,
            prototypes.prototype_offset + prototypes.category_distance
            {%- for category in categories %}
            + coalesce({{ category }}_rows.weight * (1 - 2 * {{ category }}_rows.centre), 0)
            {%- endfor %}
            {%- for feature in features %}
            {%- set log = transformed('log1p', 'coalesce(customers.' ~ feature ~ ', 0)') %}
            + power(
                prototypes.{{ feature }}_slope * ({{ log }}) - prototypes.{{ feature }}_shift,
                2
            )
            {%- endfor %} as score
        from {{ customers }} as customers
        left join prototypes
            on customers.count_orders > 0
        {%- for category in categories %}
        left join prototype_rows as {{ category }}_rows
            on
                prototypes.prototype_id = {{ category }}_rows.prototype_id
                and {{ category }}_rows.feature = '{{ category }}'
                and {{ category }}_rows.category = customers.{{ category }}
        {%- endfor %}
    )

    select
        scores.*,
        case
            when scores.score > serving.max_distance then 0
            else scores.nearest_cluster_id
        end as cluster_id
    from scores
    left join serving
        on 1 = 1
    qualify
        row_number() over (
            partition by scores.customer_id
            order by scores.score asc nulls last, scores.prototype_id asc nulls last
        ) = 1
{%- endmacro %}
