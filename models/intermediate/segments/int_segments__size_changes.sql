{{ config(materialized='view') }}

-- Each customer changes segment in at most two steps: first by what they did, or by
-- time, under the previous cut points; then because the cut points moved.
with

flows as (

    select * from {{ ref('int_segments__flows') }}

),

causes as (

    select 'new_customers' as cause
    union all
    select 'behaviour' as cause
    union all
    select 'ageing' as cause
    union all
    select 'cut_drift' as cause

),

steps as (

    select
        anchor_date,
        dimension,
        case
            when is_new then 'new_customers'
            when has_changed then 'behaviour'
            else 'ageing'
        end as cause,
        from_segment_code,
        case when is_new then to_segment_code else via_segment_code end
            as to_segment_code,
        count_customers
    from flows

    union all

    select
        anchor_date,
        dimension,
        'cut_drift' as cause,
        via_segment_code as from_segment_code,
        to_segment_code,
        count_customers
    from flows
    where not is_new

),

moves as (

    select
        anchor_date,
        dimension,
        cause,
        to_segment_code as segment_code,
        count_customers as count_joined,
        0 as count_left
    from steps
    where coalesce(from_segment_code, '') <> coalesce(to_segment_code, '')

    union all

    select
        anchor_date,
        dimension,
        cause,
        from_segment_code as segment_code,
        0 as count_joined,
        count_customers as count_left
    from steps
    where coalesce(from_segment_code, '') <> coalesce(to_segment_code, '')

),

moved as (

    select
        anchor_date,
        dimension,
        segment_code,
        cause,
        sum(count_joined) as count_joined,
        sum(count_left) as count_left
    from moves
    where segment_code is not null
    group by anchor_date, dimension, segment_code, cause

),

stays as (

    select
        anchor_date,
        dimension,
        from_segment_code as segment_code,
        count_customers as count_before,
        0 as count_after
    from flows

    union all

    select
        anchor_date,
        dimension,
        to_segment_code as segment_code,
        0 as count_before,
        count_customers as count_after
    from flows

),

sizes as (

    select
        anchor_date,
        dimension,
        segment_code,
        sum(count_before) as count_before,
        sum(count_after) as count_after
    from stays
    where segment_code is not null
    group by anchor_date, dimension, segment_code

),

changes as (

    select
        sizes.*,
        causes.cause,
        coalesce(moved.count_joined, 0) as count_joined,
        coalesce(moved.count_left, 0) as count_left
    from sizes
    cross join causes
    left join moved
        on
            sizes.anchor_date = moved.anchor_date
            and sizes.dimension = moved.dimension
            and sizes.segment_code = moved.segment_code
            and causes.cause = moved.cause

)

select
    ---------- ids
    anchor_date,
    dimension,
    segment_code,
    cause,

    ---------- numerics
    count_before,
    count_joined,
    count_left,
    count_joined - count_left as net_change,
    count_after
from changes
