-- The day by which an order is as likely as not: the median of the survival curve
-- through the purchase probabilities that are served; or, where that is not better, the
-- rest of the usual gap.
{%- set horizons = purchase_horizons() | sort %}
{%- set farthest_days = 730 %}
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

serving as (

    select
        fit_id,
        champion,
        is_baseline
    from {{ ref('int_fits__serving_purchases') }}
    where target = 'next_order'

),

probabilities as (

    select * from {{ ref('int_customers__purchase_probabilities') }}

),

hazards as (

    select
        {% for horizon in horizons -%}
        max(
            case
                when horizon_days = {{ horizon }} and purchase_probability is not null
                    then -ln(greatest(1 - purchase_probability, 1e-9))
            end
        ) as hazard_{{ horizon }},
        {% endfor -%}
        customer_id
    from probabilities
    group by customer_id

),

medians as (

    select
        {% for horizon in horizons -%}
        {{ median_days(horizons[:loop.index]) }} as days_by_{{ horizon }}d,
        {% endfor -%}
        -- the longest horizon is not served where the shop is too young for it
        case
            {% for horizon in horizons | reverse -%}
            when hazard_{{ horizon }} is not null
                then {{ median_days(horizons[:horizons | length - loop.index0]) }}
            {% endfor -%}
        end as days_by_all,
        customer_id
    from hazards

),

gaps as (

    select
        customer_id,
        -- an exact sum, so that the mean does not depend on row order
        coalesce(
            avg_days_between_orders,
            cast(
                sum(cast(avg_days_between_orders as decimal(18, 6))) over () as double
            ) / nullif(count(avg_days_between_orders) over (), 0)
        ) as usual_gap_days,
        days_since_last_order
    from customers

),

expected as (

    select
        customers.customer_id,
        customers.anchor_date,
        serving.fit_id,
        serving.champion,
        serving.is_baseline,
        {% for horizon in horizons -%}
        medians.days_by_{{ horizon }}d,
        {% endfor -%}
        case
            when serving.champion = 'purchase probabilities'
                then medians.days_by_all
            when serving.champion = 'usual gap'
                then
                    case
                        when gaps.usual_gap_days > gaps.days_since_last_order
                            then gaps.usual_gap_days - gaps.days_since_last_order
                        else gaps.usual_gap_days
                    end
        end as median_days
    from customers
    inner join gaps
        on customers.customer_id = gaps.customer_id
    left join medians
        on customers.customer_id = medians.customer_id
    left join serving
        on 1 = 1

)

select
    *,
    case when median_days <= {{ farthest_days }} then median_days end
        as days_to_next_order,
    case
        when median_days <= {{ farthest_days }}
            then {{ dbt.dateadd(
                'day', 'cast(floor(median_days) as integer)', 'anchor_date'
            ) }}
    end as next_order_date
from expected
