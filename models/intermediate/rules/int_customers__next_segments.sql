-- We try one to three extra orders at the customer's average amount, and the same with
-- enough extra spend in the last one to pass the next cut point.
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring'

),

current_segments as (

    select
        customers_segments.customer_id,
        customers_segments.rfm_segment_code,
        segments.segment_order
    from {{ ref('int_customers__segments') }} as customers_segments
    inner join {{ ref('segments') }} as segments
        on
            segments.dimension = 'rfm'
            and customers_segments.rfm_segment_code = segments.segment_code

),

scoring as (

    select anchor_date from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

),

cut_points as (

    select cut_points.*
    from scoring
    left join {{ ref('int_history__cut_points') }} as cut_points
        on scoring.anchor_date = cut_points.anchor_date

),

cells as (

    select
        cells.*,
        segments.segment_order,
        max(case when cells.recency_score = 5 then cells.segment_code end) over (
            partition by cells.frequency_score, cells.monetary_score
        ) as recent_segment_code
    from {{ ref('rfm_cells') }} as cells
    inner join {{ ref('segments') }} as segments
        on segments.dimension = 'rfm' and cells.segment_code = segments.segment_code

),

-- the segment an order leads to, and the lowest recency score that still belongs to it
targets as (

    select
        frequency_score,
        monetary_score,
        recent_segment_code as segment_code,
        max(case when recency_score = 5 then segment_order end) as segment_order,
        1 + max(case
            when segment_code <> recent_segment_code then recency_score else 0
        end) as recency_score
    from cells
    group by frequency_score, monetary_score, recent_segment_code

),

typical as (

    select median(cast(avg_order_amount as double)) as order_amount
    from customers
    where count_orders > 0

),

forecasts as (

    select * from {{ ref('int_customers__forecasts') }}
    where horizon_days = {{ setting('horizon_days') }}

),

usual as (

    select
        customers.customer_id,
        customers.count_orders,
        customers.lifetime_net_amount,
        greatest(
            {{ in_cents('coalesce(customers.avg_order_amount, typical.order_amount)') }},
            cast(0.01 as decimal(18, 2))
        ) as order_amount,
        -- by the forecast, or else at the customer's pace so far
        coalesce(
            forecasts.expected_order_days / {{ setting('horizon_days') }},
            customers.count_orders
            / cast(customers.days_since_first_order + 30 as double)
        ) as orders_per_day
    from customers
    cross join typical
    left join forecasts
        on customers.customer_id = forecasts.customer_id

),

orders as (

    {% for orders in [1, 2, 3] -%}
    select
        customer_id,
        order_amount,
        orders_per_day,
        {{ orders }} as orders_needed,
        count_orders + {{ orders }} as count_orders,
        lifetime_net_amount + {{ orders }} * order_amount as lifetime_net_amount
    from usual
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

extras as (

    select
        *,
        cast(0 as decimal(18, 2)) as extra_amount
    from orders

    {% for cut in cut_percentiles() -%}
    union all

    select
        orders.*,
        cast(
            floor(
                (
                    cut_points.monetary_cut_{{ cut }}
                    - cast(orders.lifetime_net_amount as double)
                ) * 100
            ) / 100 + 0.01
            as decimal(18, 2)
        ) as extra_amount
    from orders
    cross join cut_points
    where
        orders.lifetime_net_amount <= cut_points.monetary_cut_{{ cut }}
        -- more than twice the usual amount is not to be expected
        and cut_points.monetary_cut_{{ cut }}
        < cast(orders.lifetime_net_amount + orders.order_amount as double)
    {% endfor %}

),

customers_after as (

    select
        customer_id,
        order_amount,
        orders_per_day,
        orders_needed,
        extra_amount,
        count_orders,
        lifetime_net_amount + extra_amount as lifetime_net_amount
    from extras

),

scored as (

    select
        customers_after.*,
        {{ rfm_score('frequency', 'customers_after') }} as frequency_score,
        {{ rfm_score('monetary', 'customers_after') }} as monetary_score
    from customers_after
    cross join cut_points

),

changes as (

    select
        scored.*,
        current_segments.segment_order as current_segment_order,
        targets.segment_code,
        targets.segment_order,
        cast(floor(case targets.recency_score
            when 5 then cut_points.recency_cut_20
            when 4 then cut_points.recency_cut_40
            when 3 then cut_points.recency_cut_60
            when 2 then cut_points.recency_cut_80
        end) as bigint) as within_days
    from scored
    inner join current_segments
        on scored.customer_id = current_segments.customer_id
    inner join targets
        on
            scored.frequency_score = targets.frequency_score
            and scored.monetary_score = targets.monetary_score
            and current_segments.segment_order > targets.segment_order
    cross join cut_points

),

expected as (

    select
        *,
        orders_per_day * coalesce(within_days, 365) as expected_order_days
    from changes

),

judged as (

    select
        *,
        -- at least one in twenty, if orders come at random; a first order is always
        -- realistic for customers who have never bought
        coalesce(
            1 - exp(-expected_order_days) * case orders_needed
                when 1 then 1
                when 2 then 1 + expected_order_days
                else  -- noqa: LT02
                    1 + expected_order_days
                    + expected_order_days * expected_order_days / 2
            end >= 0.05,
            orders_needed = 1
        ) as is_realistic
    from expected

)

select
    ---------- ids
    customer_id,

    ---------- strings
    segment_code,

    ---------- numerics
    current_segment_order,
    segment_order,
    orders_needed,
    within_days,
    order_amount,
    extra_amount,
    expected_order_days,

    ---------- booleans
    is_realistic
from judged
qualify
    row_number() over (
        partition by customer_id
        order by orders_needed asc, extra_amount asc, segment_order asc
    ) = 1
