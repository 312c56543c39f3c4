{{ config(materialized='view') }}
-- noqa: disable=LT02

{%- set string = dbt.type_string() %}
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring'

),

segments as (

    select * from {{ ref('int_customers__segments') }}

),

names as (

    select * from {{ ref('segments') }}
    where dimension = 'rfm'

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

-- a rule explains only the customers it puts into their own segment
rules as (

    select
        customers_rules.customer_id,
        {% for dimension in ['rfm', 'cluster'] -%}
        max(case when report.dimension = '{{ dimension }}' then report.rule_id end)
            as {{ dimension }}_rule_id,
        max(case when report.dimension = '{{ dimension }}' then report.rule_in_words end)
            as {{ dimension }}_rule,
        max(
            case when report.dimension = '{{ dimension }}' then report.rule_precision end
        ) as {{ dimension }}_rule_precision{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_customers__rules') }} as customers_rules
    inner join {{ ref('int_segments__rule_report') }} as report
        on customers_rules.rule_id = report.rule_id
    where customers_rules.rule_segment_code = customers_rules.segment_code
    group by customers_rules.customer_id

),

ruled as (

    select distinct dimension
    from {{ ref('int_segments__rules') }}

),

next_segments as (

    select
        *,
        case orders_needed
            when 1 then 'one more order'
            when 2 then 'two more orders'
            else 'three more orders'
        end
        || case
            when extra_amount > 0 then ''
            else
                ' of ' || cast(order_amount as {{ string }})
                || ' {{ setting("reporting_currency") }}'
                || case when orders_needed > 1 then ' each' else '' end
        end
        || coalesce(
            ' within ' || {{ format_number(
                'within_days', "'count'", "'day'", "'days'"
            ) }},
            ''
        )
        || case
            when extra_amount > 0
                then
                    ', spending ' || cast(extra_amount as {{ string }})
                    || ' {{ setting("reporting_currency") }} more than the usual '
                    || cast(order_amount as {{ string }})
                    || case when orders_needed > 1 then ' in one of them' else '' end
            else ''
        end as change_needed
    from {{ ref('int_customers__next_segments') }}

),

explained as (

    select
        customers.customer_id,
        customers.anchor_date,
        customers.count_orders,
        segments.rfm_segment_code,
        segments.cluster_code,
        names.segment_name,
        names.segment_order = min(names.segment_order) over () as is_best,
        case
            when segments.recency_score is null
                then 'nothing bought, or everything sent back'
            else
                'last order ' || {{ format_number(
                    'customers.days_since_last_order', "'count'", "'day'", "'days'"
                ) }} || ' ago: '
                || {{ score_in_words('recency', 'segments.recency_score') }}
                || '; ' || {{ format_number(
                    'customers.count_orders', "'count'", "'order'", "'orders'"
                ) }} || ' so far: '
                || {{ score_in_words('frequency', 'segments.frequency_score') }}
                || '; ' || {{ format_number(
                    'customers.lifetime_net_amount', "'amount'", 'null', 'null'
                ) }} || ' spent so far: '
                || {{ score_in_words(
                    'monetary', 'segments.monetary_score', digits=2
                ) }}
        end as rfm_path
    from customers
    inner join segments
        on customers.customer_id = segments.customer_id
    left join names
        on segments.rfm_segment_code = names.segment_code
    cross join cut_points

)

select
    ---------- ids
    explained.customer_id,
    rules.rfm_rule_id,
    rules.cluster_rule_id,

    ---------- strings: why the customer is in the segment
    explained.rfm_segment_code,
    explained.segment_name as rfm_segment_name,
    explained.rfm_path,
    {% for dimension, code in {
        'rfm': 'explained.rfm_segment_code', 'cluster': 'explained.cluster_code'
    }.items() -%}
    case
        when rules.{{ dimension }}_rule is not null
            then rules.{{ dimension }}_rule
        when
            explained.count_orders > 0
            and {{ code }} is not null
            and '{{ dimension }}' in (select ruled.dimension from ruled)
            then 'no rule of this segment describes them'
    end as {{ dimension }}_rule,
    {% endfor %}

    ---------- strings: what would lead to a better segment
    case when next_segments.is_realistic then next_segments.segment_code end
        as next_segment_code,
    case when next_segments.is_realistic then next_names.segment_name end
        as next_segment_name,
    case when next_segments.is_realistic then next_segments.change_needed end
        as change_needed,
    case
        when next_segments.is_realistic then null
        when explained.is_best then 'in the best segment'
        when next_segments.segment_code is null
            then 'up to three more orders would not lead to a better segment'
        else
            'not realistic: ' || next_segments.change_needed || ' would lead to '
            || next_names.segment_name
    end as no_change_reason,

    ---------- numerics
    rules.rfm_rule_precision,
    rules.cluster_rule_precision,
    case when next_segments.is_realistic then next_segments.orders_needed end
        as orders_needed,
    case when next_segments.is_realistic then next_segments.within_days end
        as within_days,
    case when next_segments.is_realistic then next_segments.order_amount end
        as order_amount,
    case when next_segments.is_realistic then next_segments.extra_amount end
        as extra_amount,
    case when next_segments.is_realistic then next_segments.expected_order_days end
        as expected_order_days,

    ---------- dates
    explained.anchor_date as as_of_date
from explained
left join rules
    on explained.customer_id = rules.customer_id
left join next_segments
    on explained.customer_id = next_segments.customer_id
left join names as next_names
    on next_segments.segment_code = next_names.segment_code
order by explained.customer_id
