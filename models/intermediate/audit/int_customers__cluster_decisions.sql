{{ config(materialized='view') }}

-- The cluster of each customer at each date, with how far all prototypes of the fit are
-- from the customer, and which features make the distance to the nearest. A view, since
-- it is asked for one customer at a time.
{%- set features = features_of_cluster_fits() %}
{%- set categories = history_categories() %}
with

clusters as (

    select * from {{ ref('int_customers__history_clusters') }}
    where cluster_id is not null

),

features as (

    select * from {{ ref('int_customers__history_features') }}

),

fits as (

    select * from {{ ref('int_cluster_fits') }}

),

prototypes as (

    select * from {{ ref('int_cluster_fits__prototypes') }}

),

customer_values as (

    {% for feature in features -%}
    select
        customer_id,
        anchor_date,
        '{{ feature }}' as feature,
        cast(coalesce({{ feature }}, 0) as double) as feature_value,
        cast(null as {{ dbt.type_string() }}) as category_value
    from features
    union all
    {% endfor -%}
    {% for category in categories -%}
    select
        customer_id,
        anchor_date,
        '{{ category }}' as feature,
        cast(null as double) as feature_value,
        coalesce({{ category }}, '') as category_value
    from features
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

distances as (

    select
        clusters.customer_id,
        clusters.anchor_date,
        prototypes.fit_id,
        prototypes.cluster_id,
        prototypes.prototype_id,
        prototypes.prototype_offset,
        prototypes.feature,
        prototypes.category,
        customer_values.feature_value,
        customer_values.category_value,
        prototypes.feature_mean,
        prototypes.feature_scale,
        prototypes.centre,
        prototypes.weight,
        prototypes.weight * power(
            case
                when prototypes.category is null
                    then
                        (
                            {{ transformed('log1p', 'customer_values.feature_value') }}
                            - prototypes.feature_mean
                        ) / prototypes.feature_scale
                when prototypes.category = customer_values.category_value then 1
                else 0
            end - prototypes.centre,
            2
        ) as distance
    from clusters
    inner join prototypes
        on clusters.cluster_fit_id = prototypes.fit_id
    inner join customer_values
        on
            clusters.customer_id = customer_values.customer_id
            and clusters.anchor_date = customer_values.anchor_date
            and prototypes.feature = customer_values.feature

),

by_prototype as (

    select
        customer_id,
        anchor_date,
        cluster_id,
        prototype_id,
        prototype_offset,
        -- decimals, whose sum does not hang on the order of rows
        prototype_offset
        + cast(sum(cast(distance as decimal(38, 15))) as double) as score,
        {{ sorted_list_of(struct_of({
            'feature': 'feature',
            'category': 'category',
            'mean': 'feature_mean',
            'scale': 'feature_scale',
            'centre': 'centre',
            'weight': 'weight',
        })) }} as centres,
        {{ sorted_list_of(struct_of({
            'feature': 'feature',
            'category': 'category',
            'contribution': 'distance',
        })) }} as contributions
    from distances
    group by customer_id, anchor_date, cluster_id, prototype_id, prototype_offset

),

nearest as (

    select * from by_prototype
    qualify
        row_number() over (
            partition by customer_id, anchor_date
            order by score asc, prototype_id asc
        ) = 1

),

prototypes_by_customer as (

    select
        customer_id,
        anchor_date,
        {{ sorted_list_of(struct_of({
            'score': 'score',
            'prototype_id': 'prototype_id',
            'cluster_id': 'cluster_id',
            'prototype_offset': 'prototype_offset',
            'centres': 'centres',
        })) }} as prototypes
    from by_prototype
    group by customer_id, anchor_date

),

used_values as (

    select distinct
        customer_id,
        anchor_date,
        feature,
        feature_value,
        category_value
    from distances

),

values_by_customer as (

    select
        customer_id,
        anchor_date,
        {{ sorted_list_of(struct_of({
            'feature': 'feature',
            'value': 'feature_value',
            'category': 'category_value',
        })) }} as decided_on
    from used_values
    group by customer_id, anchor_date

)

select
    clusters.customer_id,
    clusters.anchor_date,
    'cluster' as decision,
    {{ cluster_code('clusters.cluster_id') }} as outcome,
    'nearest prototype of the fit; noise beyond its greatest distance' as rule,
    clusters.cluster_fit_id as rule_version,
    {{ as_json('values_by_customer.decided_on') }} as decided_on,
    {{ as_json(struct_of({
        'greatest_score': 'fits.max_distance',
        'prototypes': 'prototypes_by_customer.prototypes',
    })) }} as decided_by,
    {{ as_json('nearest.contributions') }} as contributions
from clusters
left join fits
    on clusters.cluster_fit_id = fits.fit_id
left join values_by_customer
    on
        clusters.customer_id = values_by_customer.customer_id
        and clusters.anchor_date = values_by_customer.anchor_date
left join prototypes_by_customer
    on
        clusters.customer_id = prototypes_by_customer.customer_id
        and clusters.anchor_date = prototypes_by_customer.anchor_date
left join nearest
    on
        clusters.customer_id = nearest.customer_id
        and clusters.anchor_date = nearest.anchor_date
