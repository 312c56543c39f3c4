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

-- a name given in review is that of a cluster as it was seen then
reviewed as (

    select
        item_key,
        decided_on_value,
        given_name,
        decided_by,
        decided_at
    from {{ ref('review_decisions') }}
    where decision = 'name'
    qualify
        row_number() over (
            partition by item_key order by decided_at desc, given_name asc
        ) = 1

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

),

names as (

    select
        unioned.*,
        coalesce(locks.is_locked, false) as is_locked,
        coalesce(locks.segment_name, reviewed.given_name) as given_name,
        case
            when locks.segment_name is not null then locks.decided_by
            else reviewed.decided_by
        end as named_by,
        case
            when locks.segment_name is not null then locks.decided_on
            else reviewed.decided_at
        end as named_on
    from unioned
    left join locks
        on
            unioned.dimension = locks.dimension
            and unioned.segment_code = locks.segment_code
    left join reviewed
        on
            unioned.dimension = 'cluster'
            and 'unnamed:cluster:' || unioned.segment_code = reviewed.item_key
            and unioned.suggested_name = reviewed.decided_on_value

)

select
    ---------- ids
    dimension || ':' || segment_code as segment_id,

    ---------- strings
    dimension,
    segment_code,
    coalesce(given_name, segment_name) as segment_name,
    suggested_name,
    case
        when given_name is not null then 'person'
        when suggested_name is not null then 'suggestion'
        else 'seed'
    end as name_source,
    named_by,
    description,
    suggested_play,

    ---------- numerics
    segment_order,

    ---------- booleans
    is_locked,
    is_current,

    ---------- dates
    named_on
from names
where
    dimension in (
        {% for dimension in dimensions -%}
        '{{ dimension }}'{{ ',' if not loop.last }}
        {% endfor %}
    )
