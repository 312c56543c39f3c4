{{ config(materialized='view') }}

with

flows as (

    select * from {{ ref('int_segments__flows') }}

),

transitions as (

    select
        anchor_date,
        dimension,
        case when is_new then 'new_customer' else from_segment_code end
            as from_segment_code,
        to_segment_code,
        is_new,
        sum(count_customers) as count_customers,
        sum(total_net_amount_365d) as total_net_amount_365d
    from flows
    where (from_segment_code is not null or is_new) and to_segment_code is not null
    group by
        anchor_date,
        dimension,
        case when is_new then 'new_customer' else from_segment_code end,
        to_segment_code,
        is_new

),

totalled as (

    select
        *,
        sum(count_customers) over (
            partition by anchor_date, dimension, from_segment_code
        ) as count_from_customers
    from transitions

)

select
    ---------- ids
    anchor_date,
    dimension,
    from_segment_code,
    to_segment_code,

    ---------- numerics
    count_customers,
    count_from_customers,
    count_customers / cast(count_from_customers as double) as transition_rate,
    {{ wilson_lower('count_customers', 'count_from_customers') }}
        as transition_rate_lower,
    {{ wilson_upper('count_customers', 'count_from_customers') }}
        as transition_rate_upper,
    total_net_amount_365d,

    ---------- booleans
    is_new,
    from_segment_code = to_segment_code as is_stay
from totalled
