{%- set dimensions = segment_dimensions() | list %}
with

-- scores by thresholds of one's own compare with those, not with other customers
segments as (

    select
        dimension,
        segment_code,
        segment_name,
        segment_order,
        {% if setting('rfm_thresholds') -%}
        replace(
            description,
            'compared with other customers',
            'by the thresholds of the setting rfm_thresholds'
        ) as description,
        {%- else -%}
        description,
        {%- endif %}
        suggested_play
    from {{ ref('segments') }}

),

locks as (

    select * from {{ ref('segment_locks') }}

),

-- a cluster takes the play of its most common segment
plays as (

    select
        most_common.cluster_code,
        'As for ' || segments.segment_name || ', the most common RFM segment among them ('
        || {{ format_number(
            'most_common.segment_share', "'share'", 'null', 'null'
        ) }}
        || '): ' || segments.suggested_play as suggested_play
    from {{ ref('int_clusters__most_common_segments') }} as most_common
    inner join segments
        on
            most_common.rfm_segment_code = segments.segment_code
            and segments.dimension = 'rfm'

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

    -- sticky segments have the same meaning, only customers stay longer
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

    {% if 'cluster' in dimensions -%}
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
    from {{ ref('int_clusters') }} as clusters
    left join plays
        on clusters.segment_code = plays.cluster_code
    {%- endif %}

)

select
    ---------- ids
    unioned.dimension || ':' || unioned.segment_code as segment_id,

    ---------- strings
    unioned.dimension,
    unioned.segment_code,
    coalesce(locks.segment_name, unioned.segment_name) as segment_name,
    unioned.suggested_name,
    case
        when locks.segment_name is not null then 'person'
        when unioned.suggested_name is not null then 'suggestion'
        else 'seed'
    end as name_source,
    case when locks.segment_name is not null then locks.decided_by end as named_by,
    unioned.description,
    unioned.suggested_play,

    ---------- numerics
    unioned.segment_order,

    ---------- booleans
    coalesce(locks.is_locked, false) as is_locked,
    unioned.is_current,

    ---------- dates
    case when locks.segment_name is not null then locks.decided_on end as named_on
from unioned
left join locks
    on
        unioned.dimension = locks.dimension
        and unioned.segment_code = locks.segment_code
where
    unioned.dimension in (
        {% for dimension in dimensions -%}
        '{{ dimension }}'{{ ',' if not loop.last }}
        {% endfor %}
    )
