{{ config(materialized='view') }}

-- Each customer changes segment in at most two steps: by what they did, or by time; and
-- because the cut points moved. Which one comes first is nobody's to say, so that each
-- order counts half (the Shapley value of two players, Shapley 1953).
{%- set own_cause = "case when has_changed then 'behaviour' else 'ageing' end" %}
{%- set drift = "'cut_drift'" %}
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
        'new_customers' as cause,
        from_segment_code,
        to_segment_code,
        count_customers
    from flows
    where is_new

    {% for cause, from_code, to_code in [
        (own_cause, 'from_segment_code', 'segment_code_by_earlier_cuts'),
        (drift, 'segment_code_by_earlier_cuts', 'to_segment_code'),
        (drift, 'from_segment_code', 'segment_code_of_earlier_features'),
        (own_cause, 'segment_code_of_earlier_features', 'to_segment_code'),
    ] -%}
    union all

    select
        anchor_date,
        dimension,
        {{ cause }} as cause,
        {{ from_code }} as from_segment_code,
        {{ to_code }} as to_segment_code,
        0.5 * count_customers as count_customers
    from flows
    where not is_new
    {% endfor %}

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
