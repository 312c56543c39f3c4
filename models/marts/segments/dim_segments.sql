with

segments as (

    select * from {{ ref('segments') }}

),

locks as (

    select * from {{ ref('segment_locks') }}

),

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

-- as the newest fit knows it that has it
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

),

-- a cluster's play is that of the segment most common in it
plays as (

    select
        commonest.cluster_code,
        'As with those most common among them, ' || segments.segment_name || ': '
        || segments.suggested_play as suggested_play
    from {{ ref('int_clusters__commonest_segments') }} as commonest
    inner join segments
        on
            commonest.rfm_segment_code = segments.segment_code
            and segments.dimension = 'rfm'

),

clusters as (

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

),

unioned as (

    select
        dimension,
        segment_code,
        segment_name,
        segment_order,
        description,
        suggested_play,
        cast(null as {{ dbt.type_string() }}) as suggested_name,
        true as is_current
    from segments

    union all

    -- sticky segments are the same ones, held longer
    select
        'rfm_sticky' as dimension,
        segment_code,
        segment_name,
        segment_order,
        description,
        suggested_play,
        cast(null as {{ dbt.type_string() }}) as suggested_name,
        true as is_current
    from segments
    where dimension = 'rfm'

    union all

    select
        'cluster' as dimension,
        clusters.segment_code,
        clusters.suggested_name as segment_name,
        clusters.segment_order,
        clusters.description,
        plays.suggested_play,
        clusters.suggested_name,
        clusters.is_current
    from clusters
    left join plays
        on clusters.segment_code = plays.cluster_code

)

-- what people have decided wins over seeds and suggestions
select
    ---------- ids
    cast(
        unioned.dimension || ':' || unioned.segment_code as {{ dbt.type_string() }}
    ) as segment_id,

    ---------- strings
    cast(unioned.dimension as {{ dbt.type_string() }}) as dimension,
    cast(unioned.segment_code as {{ dbt.type_string() }}) as segment_code,
    cast(coalesce(locks.segment_name, unioned.segment_name) as {{ dbt.type_string() }})
        as segment_name,
    cast(unioned.suggested_name as {{ dbt.type_string() }}) as suggested_name,
    cast(
        case
            when locks.segment_name is not null then 'person'
            when unioned.suggested_name is not null then 'suggestion'
            else 'seed'
        end as {{ dbt.type_string() }}
    ) as name_source,
    cast(
        case when locks.segment_name is not null then locks.decided_by end
        as {{ dbt.type_string() }}
    ) as named_by,
    cast(unioned.description as {{ dbt.type_string() }}) as description,
    cast(unioned.suggested_play as {{ dbt.type_string() }}) as suggested_play,

    ---------- numerics
    cast(unioned.segment_order as bigint) as segment_order,

    ---------- booleans
    coalesce(locks.is_locked, false) as is_locked,
    unioned.is_current,

    ---------- dates
    cast(case when locks.segment_name is not null then locks.decided_on end as date)
        as named_on
from unioned
left join locks
    on
        unioned.dimension = locks.dimension
        and unioned.segment_code = locks.segment_code
