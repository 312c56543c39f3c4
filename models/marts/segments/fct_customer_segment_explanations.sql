{%- set string = dbt.type_string() %}
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring'

),

segments as (

    select * from {{ ref('fct_customer_segments') }}

),

names as (

    select * from {{ ref('segments') }}
    where dimension = 'rfm'

),

cut_points as (

    select * from {{ ref('int_live__known') }}

),

rules as (

    select
        customers_rules.customer_id,
        max(case when rules.dimension = 'rfm' then rules.rule_id end) as rfm_rule_id,
        max(case when rules.dimension = 'rfm' then rules.rule_in_words end)
            as rfm_rule,
        max(case when rules.dimension = 'cluster' then rules.rule_id end)
            as cluster_rule_id,
        max(case when rules.dimension = 'cluster' then rules.rule_in_words end)
            as cluster_rule
    from {{ ref('int_customers__rules') }} as customers_rules
    inner join {{ ref('int_segments__rules') }} as rules
        on customers_rules.rule_id = rules.rule_id
    group by customers_rules.customer_id

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
        || coalesce(' within ' || cast(within_days as {{ string }}) || ' days', '')
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
        segments.rfm_segment_code,
        names.segment_name,
        names.segment_order = min(names.segment_order) over () as is_best,
        case
            when segments.recency_score is null
                then 'nothing bought, or everything sent back'
            else
                'last order ' || {{ number_in_words(
                    'customers.days_since_last_order', "'count'", "'day'", "'days'"
                ) }} || ' ago: '
                || {{ score_in_words('recency', 'segments.recency_score') }}
                || '; ' || {{ number_in_words(
                    'customers.count_orders', "'count'", "'order'", "'orders'"
                ) }} || ' so far: '
                || {{ score_in_words('frequency', 'segments.frequency_score') }}
                || '; ' || {{ number_in_words(
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
    cast(rules.rfm_rule_id as {{ string }}) as rfm_rule_id,
    cast(rules.cluster_rule_id as {{ string }}) as cluster_rule_id,

    ---------- strings: why the customer is where he is
    cast(explained.rfm_segment_code as {{ string }}) as rfm_segment_code,
    cast(explained.segment_name as {{ string }}) as rfm_segment_name,
    cast(explained.rfm_path as {{ string }}) as rfm_path,
    cast(rules.rfm_rule as {{ string }}) as rfm_rule,
    cast(rules.cluster_rule as {{ string }}) as cluster_rule,

    ---------- strings: what would lead to a better segment
    cast(
        case when next_segments.is_realistic then next_segments.segment_code end
        as {{ string }}
    ) as next_segment_code,
    cast(
        case when next_segments.is_realistic then next_names.segment_name end
        as {{ string }}
    ) as next_segment_name,
    cast(
        case when next_segments.is_realistic then next_segments.change_needed end
        as {{ string }}
    ) as change_needed,
    cast(
        case
            when next_segments.is_realistic then null
            when explained.is_best then 'in the best segment'
            when next_segments.segment_code is null
                then 'up to three more orders lead to no better segment'
            else
                'not to be expected: ' || next_segments.change_needed || ' would lead to '
                || next_names.segment_name
        end as {{ string }}
    ) as no_change_reason,

    ---------- numerics
    cast(
        case when next_segments.is_realistic then next_segments.orders_needed end
        as bigint
    ) as orders_needed,
    cast(
        case when next_segments.is_realistic then next_segments.within_days end
        as bigint
    ) as within_days,
    cast(
        case when next_segments.is_realistic then next_segments.order_amount end
        as decimal(18, 2)
    ) as order_amount,
    cast(
        case when next_segments.is_realistic then next_segments.extra_amount end
        as decimal(18, 2)
    ) as extra_amount,
    cast(
        case when next_segments.is_realistic then next_segments.expected_orders end
        as double
    ) as expected_orders,

    ---------- dates
    cast(explained.anchor_date as date) as as_of_date
from explained
left join rules
    on explained.customer_id = rules.customer_id
left join next_segments
    on explained.customer_id = next_segments.customer_id
left join names as next_names
    on next_segments.segment_code = next_names.segment_code
order by explained.customer_id
