-- The parts of the scores of int_customers__history_clusters. Categories count as
-- absent here; int_live__prototype_categories corrects for the one that is present.
{%- set features = setting('cluster_features') %}
with

serving as (

    select cluster_fit_id
    from {{ ref('int_history_anchors__clusters') }}
    where is_scoring

),

fits as (

    select * from {{ ref('int_cluster_fits') }}
    where is_able

),

prototypes as (

    select * from {{ ref('int_cluster_fits__prototypes') }}

)

select
    {% for feature in features -%}
    coalesce(max(
        case
            when prototypes.feature = '{{ feature }}'
                then sqrt(prototypes.weight) / prototypes.feature_scale
        end
    ), 0) as {{ feature }}_slope,
    coalesce(max(
        case
            when prototypes.feature = '{{ feature }}'
                then
                    sqrt(prototypes.weight) * (
                        prototypes.feature_mean / prototypes.feature_scale
                        + prototypes.centre
                    )
        end
    ), 0) as {{ feature }}_shift,
    {% endfor -%}
    coalesce(
        sum(prototypes.weight * prototypes.centre * prototypes.centre)
        filter (where prototypes.category is not null),
        0
    ) as category_distance,
    prototypes.cluster_id,
    prototypes.prototype_id,
    prototypes.prototype_offset,
    fits.max_distance
from serving
inner join fits
    on serving.cluster_fit_id = fits.fit_id
inner join prototypes
    on serving.cluster_fit_id = prototypes.fit_id
group by
    prototypes.cluster_id,
    prototypes.prototype_id,
    prototypes.prototype_offset,
    fits.max_distance
