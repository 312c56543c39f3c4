{{ config(
    pre_hook="{{ forget_stale_history(['input_checksum', 'definitions_checksum']) }}"
) }}

-- Segments at each anchor by the cut points of that anchor, and those before. Beside them
-- stand the segment if only the customer had moved since the previous anchor (by the cut
-- points of then), and the one if only the cut points had (of the features of then).
{%- set metrics = rfm_metrics() %}
{%- set followed_features = [
    'days_since_last_order', 'count_orders', 'lifetime_net_amount', 'net_amount_365d'
] %}
{%- set earlier_fields = {} %}
{%- for feature in followed_features %}
{%- do earlier_fields.update({feature: 'earlier_' ~ feature}) %}
{%- endfor %}
{%- set held = {} %}
{%- for metric in metrics %}
{%- do earlier_fields.update({
    'earlier_sticky_' ~ metric ~ '_score':
        'case when was_customer then ' ~ score_of_passed(metric, 'earlier_') ~ ' end',
}) %}
{%- do held.update({metric: []}) %}
{%- for cut in cut_percentiles() %}
{%- set passed = metric ~ '_' ~ cut ~ '_passed' %}
{%- do held[metric].append('coalesce(' ~ passed ~ ', earlier_' ~ passed ~ ')') %}
{%- endfor %}
{%- endfor %}
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

-- the last anchor that is stored, too: the new ones go on from it
features as (

    select
        features.*,
        anchors.previous_anchor_date,
        anchors.definitions_checksum,
        true as is_new
    from {{ ref('int_customers__history_features') }} as features
    inner join anchors
        on features.anchor_date = anchors.anchor_date
    {%- if is_incremental() %}

    union all

    select
        features.*,
        cast(null as date) as previous_anchor_date,
        cast(null as {{ dbt.type_string() }}) as definitions_checksum,
        false as is_new
    from {{ ref('int_customers__history_features') }} as features
    where
        features.anchor_date = (
            select min(anchors.previous_anchor_date) from anchors
        )
        and features.anchor_date < (select min(anchors.anchor_date) from anchors)
    {%- endif %}

),

staged as (

    select
        features.*,
        stages.stage_code
    from features
    left join stages
        on {{ is_in_stage('features', 'stages') }}

),

-- whoever had bought by an anchor is there at all later ones
followed as (

    select
        customer_id,
        anchor_date,
        previous_anchor_date,
        input_checksum,
        definitions_checksum,
        is_new,
        last_order_date,
        stage_code,
        lag(stage_code) over customer_window as previous_stage_code,
        {% for feature in followed_features -%}
        {{ feature }},
        {% endfor -%}
        {% for feature in followed_features -%}
        lag({{ feature }}) over customer_window as earlier_{{ feature }},
        {% endfor -%}
        lag(anchor_date) over customer_window as earlier_anchor_date
    from staged
    window customer_window as (
        partition by customer_id
        order by anchor_date
    )

),

customers as (

    select
        *,
        coalesce(
            earlier_anchor_date = previous_anchor_date and earlier_count_orders > 0,
            false
        ) as was_customer,
        earlier_anchor_date is null as is_first,
        (
            earlier_anchor_date = previous_anchor_date
            and (
                count_orders <> earlier_count_orders
                or lifetime_net_amount <> earlier_lifetime_net_amount
            )
        )
        or last_order_date >= previous_anchor_date as has_changed
    from followed

),

{% if is_incremental() -%}
last_stored as (

    select * from {{ this }}
    where anchor_date = (select min(anchors.previous_anchor_date) from anchors)

),

{% endif -%}
-- new customers, and those who returned everything, start from plain scores; customers
-- of the last stored anchor from their scores of then
scored as (

    select
        customers.*,
        {% for metric in metrics -%}
        case when customers.count_orders > 0 then {{ rfm_score(metric) }} end
            as {{ metric }}_score,
        {% endfor -%}
        {% for metric, cut in rfm_cuts() -%}
        case
            {% if is_incremental() -%}
            when not customers.is_new and customers.count_orders > 0
                then {{ had_passed(
                    metric, cut, 'last_stored.sticky_' ~ metric ~ '_score'
                ) }}
            {% endif -%}
            when customers.count_orders > 0
                then coalesce(
                    {{ is_clearly_passed(metric, cut) }},
                    case
                        when not customers.was_customer
                            then {{ is_passed(metric, cut) }}
                    end
                )
        end as {{ metric }}_{{ cut }}_passed
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from customers
    left join cut_points
        on customers.anchor_date = cut_points.anchor_date
    {%- if is_incremental() %}
    left join last_stored
        on
            customers.customer_id = last_stored.customer_id
            and customers.anchor_date = last_stored.anchor_date
    {%- endif %}

),

held as (

    select
        {% for metric, cut in rfm_cuts() -%}
        {{ last_known(metric ~ '_' ~ cut ~ '_passed') }} over (
            partition by customer_id
            order by anchor_date
            rows between unbounded preceding and 1 preceding
        ) as earlier_{{ metric }}_{{ cut }}_passed,
        {% endfor -%}
        *
    from scored

),

paired as (

    select
        *,
        {% for metric in metrics -%}
        case when count_orders > 0 then {{ score_of_passed(metric, held[metric]) }} end
            as sticky_{{ metric }}_score,
        {% endfor -%}
        {{ struct_of(earlier_fields) }} as earlier
    from held
    where is_new

),

compared as (

    select
        customers.*,
        {% for metric in metrics -%}
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
        case
            when customers.was_customer
                then {{ rfm_score(metric, 'earlier', 'earlier_cut_points') }}
        end as previous_{{ metric }}_score,
        earlier.earlier_sticky_{{ metric }}_score  -- noqa: RF01
            as previous_sticky_{{ metric }}_score,
        {% endfor -%}
        {{ value_tier('customers.net_amount_365d') }} as value_tier_code,
        case
            when customers.was_customer and customers.count_orders > 0
                then {{ value_tier('customers.net_amount_365d', 'earlier_cut_points') }}
        end as value_tier_code_by_earlier_cuts,
        case
            when customers.was_customer
                then {{ value_tier('earlier.net_amount_365d') }}
        end as value_tier_code_of_earlier_features,
        case
            when not customers.is_first
                then {{ value_tier('earlier.net_amount_365d', 'earlier_cut_points') }}
        end as previous_value_tier_code
    from paired as customers
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
    case
        when not compared.is_first
            then coalesce(previous_plain_cells.segment_code, 'no_purchase')
    end as previous_rfm_segment_code,
    plain_by_earlier_cuts.segment_code as rfm_segment_code_by_earlier_cuts,
    plain_of_earlier_features.segment_code as rfm_segment_code_of_earlier_features,
    coalesce(sticky_cells.segment_code, 'no_purchase') as sticky_rfm_segment_code,
    case
        when not compared.is_first
            then coalesce(previous_sticky_cells.segment_code, 'no_purchase')
    end as previous_sticky_rfm_segment_code,
    sticky_by_earlier_cuts.segment_code as sticky_rfm_segment_code_by_earlier_cuts,
    sticky_of_earlier_features.segment_code
        as sticky_rfm_segment_code_of_earlier_features,
    compared.stage_code as lifecycle_stage_code,
    compared.previous_stage_code as previous_lifecycle_stage_code,
    compared.value_tier_code,
    compared.previous_value_tier_code,
    compared.value_tier_code_by_earlier_cuts,
    compared.value_tier_code_of_earlier_features,

    ---------- numerics
    {% for metric in metrics -%}
    compared.{{ metric }}_score,
    compared.sticky_{{ metric }}_score,
    {% endfor -%}
    compared.count_orders,
    compared.net_amount_365d,

    ---------- booleans
    compared.is_first,
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
left join cells as previous_plain_cells
    on {{ is_in_cell('compared', 'previous_plain_cells', 'previous_') }}
left join cells as previous_sticky_cells
    on {{ is_in_cell('compared', 'previous_sticky_cells', 'previous_sticky_') }}
