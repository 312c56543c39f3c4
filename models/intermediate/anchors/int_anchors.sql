{%- set horizon_days = var('horizon_days') | int -%}
{%- set numbers = range(var('training_anchors') | int + 2) -%}
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
        cast(as_of_date - interval '{{ number * horizon_days }}' day as date)
            as anchor_date
    from scoring
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    anchor_date,
    anchor_number,
    case anchor_number
        when 0 then 'scoring'
        when 1 then 'backtest'
        else 'training'
    end as anchor_role,
    cast(anchor_date + interval '{{ horizon_days }}' day as date) as label_until_date
from anchors
where
    anchor_date is not null
    and (anchor_number = 0 or anchor_date > first_order_date)
