{{ config(
    pre_hook="{{ forget_stale_history(['input_checksum', 'definitions_checksum']) }}"
) }}

-- Segments at each anchor by the cut points of that anchor. Beside them stand the segment
-- if only the customer had moved since the previous anchor (by the cut points of then),
-- and the one if only the cut points had (of the features of then).
{%- set metrics = rfm_metrics() %}
with

anchors as {{ new_history_anchors() }},

cut_points as (

    select * from {{ ref('int_history__cut_points') }}

),

cells as (

    select * from {{ ref('rfm_cells') }}

),

stages as (

    select * from {{ ref('lifecycle_stages') }}

),

customers as (

    select
        features.*,
        anchors.previous_anchor_date,
        anchors.definitions_checksum,
        coalesce(earlier.count_orders, 0) > 0 as was_customer,
        features.count_orders <> earlier.count_orders
        or features.lifetime_net_amount <> earlier.lifetime_net_amount
        or features.last_order_date >= anchors.previous_anchor_date as has_changed
    from {{ ref('int_customers__history_features') }} as features
    inner join anchors
        on features.anchor_date = anchors.anchor_date
    left join {{ ref('int_customers__history_features') }} as earlier
        on
            features.customer_id = earlier.customer_id
            and anchors.previous_anchor_date = earlier.anchor_date

),

-- new customers, and those who returned everything, start from plain scores
scored as (

    select
        {% for metric in metrics -%}
        {{ rfm_score(metric) }} as {{ metric }}_score,
        {% endfor -%}
        {% for metric, cut in rfm_cuts() -%}
        coalesce(
            {{ is_clearly_passed(metric, cut) }},
            case when not customers.was_customer then {{ is_passed(metric, cut) }} end
        ) as {{ metric }}_{{ cut }}_passed,
        {% endfor -%}
        customers.customer_id,
        customers.anchor_date
    from customers
    inner join cut_points
        on customers.anchor_date = cut_points.anchor_date
    where customers.count_orders > 0

),

-- customers of the last stored anchor start from their scores of then
stored as (

    {% if is_incremental() -%}
    select
        {% for metric in metrics -%}
        {{ metric }}_score,
        {% endfor -%}
        {% for metric, cut in rfm_cuts() -%}
        {{ had_passed(metric, cut, 'sticky_' ~ metric ~ '_score') }}
            as {{ metric }}_{{ cut }}_passed,
        {% endfor -%}
        customer_id,
        anchor_date
    from {{ this }}
    where
        anchor_date = (select min(anchors.previous_anchor_date) from anchors)
        and count_orders > 0
    {%- else -%}
    select * from scored
    where 1 = 0
    {%- endif %}

),

steps as (

    select * from scored
    union all
    select * from stored

),

held as (

    select
        {% for metric in metrics -%}
        {{ metric }}_score,
        {% endfor -%}
        {% for metric, cut in rfm_cuts() -%}
        {{ last_known(metric ~ '_' ~ cut ~ '_passed') }} over (
            partition by customer_id
            order by anchor_date
            rows between unbounded preceding and current row
        ) as {{ metric }}_{{ cut }}_passed,
        {% endfor -%}
        customer_id,
        anchor_date
    from steps

),

sticky as (

    select
        {% for metric in metrics -%}
        {{ metric }}_score,
        {{ score_of_passed(metric) }} as sticky_{{ metric }}_score,
        {% endfor -%}
        customer_id,
        anchor_date
    from held

),

earlier as (

    select
        {% for metric in metrics -%}
        sticky.sticky_{{ metric }}_score as earlier_sticky_{{ metric }}_score,
        {% endfor -%}
        features.*
    from {{ ref('int_customers__history_features') }} as features
    inner join sticky
        on
            features.customer_id = sticky.customer_id
            and features.anchor_date = sticky.anchor_date

),

compared as (

    select
        customers.*,
        {% for metric in metrics -%}
        sticky.{{ metric }}_score,
        sticky.sticky_{{ metric }}_score,
        case
            when customers.was_customer and customers.count_orders > 0
                then {{ rfm_score(metric, cut_points='earlier_cut_points') }}
        end as {{ metric }}_score_by_earlier_cuts,
        case
            when customers.was_customer and customers.count_orders > 0
                then {{ sticky_score(
                    metric, 'earlier', cut_points='earlier_cut_points'
                ) }}
        end as sticky_{{ metric }}_score_by_earlier_cuts,
        case
            when customers.was_customer then {{ rfm_score(metric, 'earlier') }}
        end as {{ metric }}_score_of_earlier_features,
        case
            when customers.was_customer
                then {{ sticky_score(metric, 'earlier', 'earlier') }}
        end as sticky_{{ metric }}_score_of_earlier_features,
        {% endfor -%}
        {{ value_tier('customers.net_amount_365d') }} as value_tier_code,
        case
            when customers.was_customer and customers.count_orders > 0
                then {{ value_tier('customers.net_amount_365d', 'earlier_cut_points') }}
        end as value_tier_code_by_earlier_cuts,
        case
            when customers.was_customer
                then {{ value_tier('earlier.net_amount_365d') }}
        end as value_tier_code_of_earlier_features
    from customers
    left join sticky
        on
            customers.customer_id = sticky.customer_id
            and customers.anchor_date = sticky.anchor_date
    left join earlier
        on
            customers.customer_id = earlier.customer_id
            and customers.previous_anchor_date = earlier.anchor_date
    left join cut_points
        on customers.anchor_date = cut_points.anchor_date
    left join cut_points as earlier_cut_points
        on customers.previous_anchor_date = earlier_cut_points.anchor_date

)

select
    ---------- ids
    compared.customer_id,
    compared.anchor_date,

    ---------- strings
    compared.input_checksum,
    compared.definitions_checksum,
    coalesce(plain_cells.segment_code, 'no_purchase') as rfm_segment_code,
    plain_by_earlier_cuts.segment_code as rfm_segment_code_by_earlier_cuts,
    plain_of_earlier_features.segment_code as rfm_segment_code_of_earlier_features,
    coalesce(sticky_cells.segment_code, 'no_purchase') as sticky_rfm_segment_code,
    sticky_by_earlier_cuts.segment_code as sticky_rfm_segment_code_by_earlier_cuts,
    sticky_of_earlier_features.segment_code
        as sticky_rfm_segment_code_of_earlier_features,
    stages.stage_code as lifecycle_stage_code,
    compared.value_tier_code,
    compared.value_tier_code_by_earlier_cuts,
    compared.value_tier_code_of_earlier_features,

    ---------- numerics
    {% for metric in metrics -%}
    compared.{{ metric }}_score,
    compared.sticky_{{ metric }}_score,
    {% endfor -%}
    compared.count_orders,
    compared.lifetime_net_amount,
    compared.net_amount_365d,

    ---------- booleans
    compared.was_customer,
    coalesce(compared.has_changed, false) as has_changed
from compared
left join cells as plain_cells
    on {{ is_in_cell('compared', 'plain_cells') }}
left join cells as plain_by_earlier_cuts
    on {{ is_in_cell('compared', 'plain_by_earlier_cuts', '', '_by_earlier_cuts') }}
left join cells as sticky_cells
    on {{ is_in_cell('compared', 'sticky_cells', 'sticky_') }}
left join cells as sticky_by_earlier_cuts
    on {{ is_in_cell(
        'compared', 'sticky_by_earlier_cuts', 'sticky_', '_by_earlier_cuts'
    ) }}
left join cells as plain_of_earlier_features
    on {{ is_in_cell(
        'compared', 'plain_of_earlier_features', '', '_of_earlier_features'
    ) }}
left join cells as sticky_of_earlier_features
    on {{ is_in_cell(
        'compared', 'sticky_of_earlier_features', 'sticky_', '_of_earlier_features'
    ) }}
left join stages
    on {{ is_in_stage('compared', 'stages') }}
