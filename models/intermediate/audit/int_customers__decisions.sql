{{ config(materialized='view') }}

-- Every decision about a customer at a date, with what it was decided on and by. Segments
-- are known at each date of history; predictions at the newest only, since they are made
-- anew. A view, since it is asked for one customer at a time.
{%- set value_target = spend_targets()[setting('value_horizon_days')] %}
with

orders as (

    select * from {{ ref('int_orders__versions') }}

),

anchors as (

    select * from {{ ref('int_history_anchors') }}

),

segments as (

    select * from {{ ref('int_customers__segment_decisions') }}

),

{% if 'cluster' in segment_dimensions() -%}
clusters as (

    select * from {{ ref('int_customers__cluster_decisions') }}

),

{% endif -%}
churn as (

    select * from {{ ref('int_customers__churn') }}

),

customer_values as (

    select * from {{ ref('int_customers__value') }}

),

reasons as (

    select
        customer_id,
        target,
        min(scale) as scale,
        {{ sorted_list_of(struct_of({
            'rank': 'reason_rank',
            'feature': 'feature',
            'value': 'feature_value',
            'contribution': 'contribution',
            'reason': 'reason',
        })) }} as contributions
    from {{ ref('int_customers__prediction_reasons') }}
    where target in ('churn', '{{ value_target }}')
    group by customer_id, target

),

predictions as (

    select
        churn.customer_id,
        churn.as_of_date as anchor_date,
        'churn_risk' as decision,
        churn.churn_risk_tier as outcome,
        churn.churn_probability as outcome_value,
        churn.served_by as rule,
        churn.fit_id as rule_version,
        {{ as_json(struct_of({
            'medium_from': churn_risk_from('medium'),
            'high_from': churn_risk_from('high'),
            'scale': 'reasons.scale',
        })) }} as decided_by,
        {{ as_json('reasons.contributions') }} as contributions
    from churn
    left join reasons
        on
            churn.customer_id = reasons.customer_id
            and reasons.target = 'churn'

    union all

    select
        customer_values.customer_id,
        customer_values.as_of_date as anchor_date,
        'expected_value' as decision,
        cast(customer_values.expected_net_amount as {{ dbt.type_string() }}) as outcome,
        cast(customer_values.expected_net_amount as double) as outcome_value,
        customer_values.served_by as rule,
        customer_values.fit_id as rule_version,
        {{ as_json(struct_of({'scale': 'reasons.scale'})) }} as decided_by,
        {{ as_json('reasons.contributions') }} as contributions
    from customer_values
    left join reasons
        on
            customer_values.customer_id = reasons.customer_id
            and reasons.target = '{{ value_target }}'

),

decisions as (

    select
        customer_id,
        anchor_date,
        decision,
        outcome,
        cast(null as double) as outcome_value,
        rule,
        rule_version,
        decided_on,
        decided_by,
        cast(null as {{ dbt.type_string() }}) as contributions
    from segments
    {% if 'cluster' in segment_dimensions() -%}
    union all
    select
        customer_id,
        anchor_date,
        decision,
        outcome,
        cast(null as double) as outcome_value,
        rule,
        rule_version,
        decided_on,
        decided_by,
        contributions
    from clusters
    {% endif -%}
    union all
    select
        customer_id,
        anchor_date,
        decision,
        outcome,
        outcome_value,
        rule,
        rule_version,
        -- each value stands beside what it contributes
        cast(null as {{ dbt.type_string() }}) as decided_on,
        decided_by,
        contributions
    from predictions

),

known_orders as (

    select
        orders.customer_id,
        anchors.anchor_date,
        count(*) as count_orders,
        min(orders.ordered_at) as first_ordered_at,
        max(orders.ordered_at) as last_ordered_at,
        {{ sorted_list_of(struct_of({
            'ordered_at': 'orders.ordered_at',
            'order_id': 'orders.order_id',
            'net_amount': 'orders.net_amount',
        })) }} as orders
    from orders
    inner join anchors
        on {{ is_known_version('orders', 'anchors.anchor_date') }}
    group by orders.customer_id, anchors.anchor_date

)

select
    ---------- ids
    decisions.customer_id,

    ---------- strings
    decisions.decision,
    decisions.outcome,
    decisions.rule,
    decisions.rule_version,
    decisions.decided_on,
    decisions.decided_by,
    decisions.contributions,
    {{ as_json('known_orders.orders') }} as orders,

    ---------- numerics
    decisions.outcome_value,
    coalesce(known_orders.count_orders, 0) as count_orders,

    ---------- timestamps
    known_orders.first_ordered_at,
    known_orders.last_ordered_at,

    ---------- dates
    decisions.anchor_date as as_of_date
from decisions
left join known_orders
    on
        decisions.customer_id = known_orders.customer_id
        and decisions.anchor_date = known_orders.anchor_date
