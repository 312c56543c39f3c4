{{ config(
    pre_hook="{{ forget_stale_history(['input_checksum', 'definitions_checksum']) }}"
) }}

-- Segments as they were at each anchor, by the cut points of that anchor. Beside each
-- stands what it would have been had nobody else moved: by the cut points of the anchor
-- before.
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
        coalesce(before.count_orders, 0) > 0 as was_customer,
        features.count_orders <> before.count_orders
        or features.lifetime_net_amount <> before.lifetime_net_amount
        or features.last_order_date >= anchors.previous_anchor_date as has_changed
    from {{ ref('int_customers__history_features') }} as features
    inner join anchors
        on features.anchor_date = anchors.anchor_date
    left join {{ ref('int_customers__history_features') }} as before
        on
            features.customer_id = before.customer_id
            and anchors.previous_anchor_date = before.anchor_date

),

-- who comes new, or back after having sent everything back, begins with plain scores
scored as (

    select
        customers.customer_id,
        customers.anchor_date,
        {% for metric in metrics -%}
        {% for cut in cut_percentiles() -%}
        coalesce(
            {{ is_clearly_passed(metric, cut) }},
            case when not customers.was_customer then {{ is_passed(metric, cut) }} end
        ) as {{ metric }}_{{ cut }}_passed,
        {% endfor -%}
        {{ rfm_score(metric) }} as {{ metric }}_score{{ ',' if not loop.last }}
        {% endfor %}
    from customers
    inner join cut_points
        on customers.anchor_date = cut_points.anchor_date
    where customers.count_orders > 0

    {% if is_incremental() -%}
    union all

    -- where the customers of the last stored anchor stand
    select
        customer_id,
        anchor_date,
        {% for metric in metrics -%}
        {% for cut in cut_percentiles() -%}
        {{ had_passed(metric, cut, 'sticky_' ~ metric ~ '_score') }}
            as {{ metric }}_{{ cut }}_passed,
        {% endfor -%}
        {{ metric }}_score{{ ',' if not loop.last }}
        {% endfor %}
    from {{ this }}
    where
        anchor_date = (select min(anchors.previous_anchor_date) from anchors)
        and recency_score is not null
    {%- endif %}

),

held as (

    select
        customer_id,
        anchor_date,
        {% for metric in metrics -%}
        {% for cut in cut_percentiles() -%}
        last_value({{ metric }}_{{ cut }}_passed ignore nulls) over (
            partition by customer_id
            order by anchor_date
            rows between unbounded preceding and current row
        ) as {{ metric }}_{{ cut }}_passed,
        {% endfor -%}
        {{ metric }}_score{{ ',' if not loop.last }}
        {% endfor %}
    from scored

),

sticky as (

    select
        customer_id,
        anchor_date,
        {% for metric in metrics -%}
        {{ metric }}_score,
        {{ score_of_passed(metric) }} as sticky_{{ metric }}_score
        {{- ',' if not loop.last }}
        {% endfor %}
    from held

),

beside_before as (

    select
        *,
        {% for metric in metrics -%}
        lag(sticky_{{ metric }}_score) over (
            partition by customer_id
            order by anchor_date
        ) as previous_sticky_{{ metric }}_score{{ ',' if not loop.last }}
        {% endfor %}
    from sticky

),

-- the same customers by the cut points of the anchor before
compared as (

    select
        customers.*,
        {% for metric in metrics -%}
        beside_before.{{ metric }}_score,
        beside_before.sticky_{{ metric }}_score,
        case when customers.was_customer then
            {{ rfm_score(metric, cut_points='cut_points_before') }}
        end as {{ metric }}_score_before,
        case when customers.was_customer then
            {{ sticky_score(
                metric,
                'beside_before.previous_sticky_' ~ metric ~ '_score',
                cut_points='cut_points_before'
            ) }}
        end as sticky_{{ metric }}_score_before,
        {% endfor -%}
        {{ value_tier('customers.net_amount_365d') }} as value_tier_code,
        case when customers.was_customer then
            {{ value_tier('customers.net_amount_365d', 'cut_points_before') }}
        end as value_tier_code_before
    from customers
    left join beside_before
        on
            customers.customer_id = beside_before.customer_id
            and customers.anchor_date = beside_before.anchor_date
    left join cut_points
        on customers.anchor_date = cut_points.anchor_date
    left join cut_points as cut_points_before
        on
            customers.previous_anchor_date = cut_points_before.anchor_date
            and customers.count_orders > 0

)

select
    ---------- ids
    compared.customer_id,
    compared.anchor_date,

    ---------- strings
    compared.input_checksum,
    compared.definitions_checksum,
    {% for kind in ['rfm', 'sticky_rfm'] -%}
    coalesce({{ kind }}_cells.segment_code, 'no_purchase') as {{ kind }}_segment_code,
    {{ kind }}_cells_before.segment_code as {{ kind }}_segment_code_before,
    {% endfor -%}
    stages.stage_code as lifecycle_stage_code,
    compared.value_tier_code,
    compared.value_tier_code_before,

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
{% for kind, prefix in {'rfm': '', 'sticky_rfm': 'sticky_'}.items() -%}
{% for ending in ['', '_before'] -%}
left join cells as {{ kind }}_cells{{ ending }}
    on
        {% for metric in metrics -%}
        compared.{{ prefix }}{{ metric }}_score{{ ending }}
        = {{ kind }}_cells{{ ending }}.{{ metric }}_score
        {{- ' and' if not loop.last }}
        {% endfor -%}
{% endfor -%}
{% endfor -%}
left join stages
    on {{ is_in_stage('compared', 'stages') }}
