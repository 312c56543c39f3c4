with

segments as (

    select * from {{ ref('segments') }}

),

centres as (

    select
        *,
        {{ untransformed_log1p('centre * feature_scale + feature_mean') }}
            as typical_value
    from {{ ref('ml_customers__cluster_centres') }}

),

clusters as (

    select
        'cluster' as dimension,
        {{ cluster_code('cluster_id') }} as segment_code,
        'Cluster ' || cast(cluster_id as {{ dbt.type_string() }}) as segment_name,
        cluster_id as segment_order,
        'Typically: ' || string_agg(
            replace(feature, '_', ' ') || ' '
            || cast(
                cast(round(typical_value, 1) as decimal(18, 1))
                as {{ dbt.type_string() }}
            ),
            ', ' order by feature
        ) as description,
        cast(null as {{ dbt.type_string() }}) as suggested_play
    from centres
    group by cluster_id

),

unioned as (

    select
        dimension,
        segment_code,
        segment_name,
        segment_order,
        description,
        suggested_play
    from segments

    union all

    -- sticky segments are the same ones, held longer
    select
        'rfm_sticky' as dimension,
        segment_code,
        segment_name,
        segment_order,
        description,
        suggested_play
    from segments
    where dimension = 'rfm'

    union all

    select * from clusters

)

select
    ---------- ids
    cast(dimension || ':' || segment_code as {{ dbt.type_string() }}) as segment_id,

    ---------- strings
    cast(dimension as {{ dbt.type_string() }}) as dimension,
    cast(segment_code as {{ dbt.type_string() }}) as segment_code,
    cast(segment_name as {{ dbt.type_string() }}) as segment_name,
    cast(description as {{ dbt.type_string() }}) as description,
    cast(suggested_play as {{ dbt.type_string() }}) as suggested_play,

    ---------- numerics
    cast(segment_order as bigint) as segment_order
from unioned
