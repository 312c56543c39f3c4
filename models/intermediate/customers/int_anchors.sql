{%- set step_days = setting('anchor_step_days') -%}
{%- set numbers = range(setting('past_anchors') + 1) -%}
with

accepted_orders as (

    select
        min(cast(ordered_at as date)) as first_order_date,
        max(cast(ordered_at as date)) as last_order_date
    from {{ ref('int_orders__checked') }}
    where is_accepted

),

scoring as (

    select
        first_order_date,
        coalesce(
            {{ as_of_date() }}, cast(last_order_date + interval '1' day as date)
        ) as as_of_date
    from accepted_orders

),

anchors as (

    {% for number in numbers %}
    select
        {{ number }} as anchor_number,
        first_order_date,
        {{ number * step_days }} as known_days,
        cast(as_of_date - interval '{{ number * step_days }}' day as date) as anchor_date
    from scoring
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    anchor_date,
    anchor_number,
    case anchor_number
        when 0 then 'scoring'
        else 'past'
    end as anchor_role,
    known_days,
    first_order_date
from anchors
-- an anchor with less than a step of history before it has nothing to learn from
where
    anchor_date is not null
    and (
        anchor_number = 0
        or anchor_date >= first_order_date + interval '{{ step_days }}' day
    )
