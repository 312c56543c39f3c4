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
    cast(anchor_date as date) as anchor_date,
    cast(dimension as {{ dbt.type_string() }}) as dimension,
    cast(from_segment_code as {{ dbt.type_string() }}) as from_segment_code,
    cast(to_segment_code as {{ dbt.type_string() }}) as to_segment_code,

    ---------- numerics
    cast(count_customers as bigint) as count_customers,
    cast(count_from_customers as bigint) as count_from_customers,
    cast(count_customers / cast(count_from_customers as double) as double)
        as transition_rate,
    cast({{ wilson_lower('count_customers', 'count_from_customers') }} as double)
        as transition_rate_lower,
    cast({{ wilson_upper('count_customers', 'count_from_customers') }} as double)
        as transition_rate_upper,
    cast(total_net_amount_365d as decimal(18, 2)) as total_net_amount_365d,

    ---------- booleans
    is_new,
    from_segment_code = to_segment_code as is_stay
from totalled
