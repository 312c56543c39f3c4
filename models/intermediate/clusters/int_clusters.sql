-- All clusters so far, each as in the newest fit that has it; current clusters first.
with

fits as (

    select
        fits.*,
        anchors.anchor_date is not null as is_serving
    from {{ ref('int_cluster_fits') }} as fits
    left join {{ ref('int_history_anchors__clusters') }} as anchors
        on
            fits.fit_id = anchors.cluster_fit_id
            and anchors.is_scoring
    where fits.is_able

),

-- each cluster as in the newest fit that has it
clusters_known as (

    select
        clusters.*,
        fits.is_serving
    from {{ ref('int_cluster_fits__clusters') }} as clusters
    inner join fits
        on clusters.fit_id = fits.fit_id
    qualify
        row_number() over (
            partition by clusters.cluster_id
            order by fits.serves_from desc, fits.fit_number desc
        ) = 1

),

descriptions as (

    select
        fit_id,
        cluster_id,
        'Typically: ' || string_agg(
            replace(feature, '_', ' ') || ' '
            || cast(
                cast(
                    round({{ untransformed_log1p('mean_value') }}, 1)
                    as decimal(18, 1)
                ) as {{ dbt.type_string() }}
            ),
            ', ' order by feature
        ) as description
    from {{ ref('int_cluster_fits__centres') }}
    where category is null
    group by fit_id, cluster_id

)

select
    {{ cluster_code('clusters_known.cluster_id') }} as segment_code,
    clusters_known.suggested_name,
    descriptions.description,
    clusters_known.is_serving as is_current,
    row_number() over (
        order by
            clusters_known.is_serving desc,
            clusters_known.value_rank asc,
            clusters_known.cluster_id asc
    ) as segment_order
from clusters_known
left join descriptions
    on
        clusters_known.fit_id = descriptions.fit_id
        and clusters_known.cluster_id = descriptions.cluster_id

union all

select
    {{ cluster_code(0) }} as segment_code,
    'In no cluster' as suggested_name,
    'Too far from every cluster to be in one' as description,
    max(case when is_serving then 1 else 0 end) = 1 as is_current,
    1000 as segment_order
from fits
where max_distance is not null
having count(*) > 0
