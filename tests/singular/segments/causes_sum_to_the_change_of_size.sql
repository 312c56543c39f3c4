-- The causes explain the whole change. At the first date of the grid, too: all customers
-- are new then.
with

changes as (

    select
        anchor_date,
        dimension,
        segment_code,
        sum(net_change) as net_change,
        max(count_after) - max(count_before) as size_change
    from {{ ref('fct_segment_size_changes') }}
    group by anchor_date, dimension, segment_code

),

-- and the sizes are those of the history
sizes as (

    select
        anchors.anchor_date,
        history.dimension,
        history.segment_code,
        count(*) as count_customers
    from {{ ref('int_history_anchors') }} as anchors
    inner join {{ ref('fct_customer_segment_history') }} as history
        on
            anchors.anchor_date >= history.valid_from
            and (anchors.anchor_date < history.valid_to or history.is_current)
    where anchors.is_on_grid
    group by anchors.anchor_date, history.dimension, history.segment_code

)

select
    changes.anchor_date,
    changes.dimension,
    changes.segment_code,
    changes.net_change,
    changes.size_change
from changes
where changes.net_change <> changes.size_change

union all

select
    sizes.anchor_date,
    sizes.dimension,
    sizes.segment_code,
    null as net_change,
    sizes.count_customers as size_change
from sizes
left join {{ ref('fct_segment_size_changes') }} as changes
    on
        sizes.anchor_date = changes.anchor_date
        and sizes.dimension = changes.dimension
        and sizes.segment_code = changes.segment_code
        and changes.cause = 'ageing'
where coalesce(changes.count_after, 0) <> sizes.count_customers
