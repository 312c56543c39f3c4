with

scoring as (

    select * from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

),

orders as (

    select * from {{ ref('int_orders__checked') }}

),

newest as (

    select max(ordered_at) as newest_ordered_at
    from orders
    where is_accepted

),

counted as (

    select count(*) as count_orders
    from orders
    inner join newest
        on orders.ordered_at <= newest.newest_ordered_at

),

cut_points as (

    select * from {{ ref('int_history__cut_points') }}

)

select
    ---------- strings: earlier, as raw clocks may be up to 26 hours behind the shop's
    {{ raw_time_bound(
        "newest.newest_ordered_at - interval '26' hour", 'shop', 'orders', 'ordered_at'
    ) }} as read_from,

    ---------- numerics
    counted.count_orders,
    {% for metric, cut in rfm_cuts() -%}
    cut_points.{{ metric }}_cut_{{ cut }},
    cut_points.{{ metric }}_cut_{{ cut }}_clear,
    {% endfor -%}
    {% for cut in value_tiers().values() -%}
    cut_points.year_amount_cut_{{ cut }},
    {% endfor %}
    ---------- dates
    scoring.anchor_date,

    ---------- timestamps
    newest.newest_ordered_at
from scoring
cross join newest
cross join counted
left join cut_points
    on scoring.anchor_date = cut_points.anchor_date
