{{ config(
    pre_hook="{{ forget_stale_history(['input_checksum', 'definitions_checksum']) }}"
) }}

with

anchors as {{ new_history_anchors() }},

customers as (

    select
        anchors.anchor_date,
        anchors.input_checksum,
        anchors.definitions_checksum,
        cast(features.days_since_last_order as double) as recency,
        cast(features.count_orders as double) as frequency,
        features.lifetime_net_amount as monetary,
        case when features.net_amount_365d > 0 then features.net_amount_365d end
            as year_amount
    from {{ ref('int_customers__history_features') }} as features
    inner join anchors
        on features.anchor_date = anchors.anchor_date
    where features.count_orders > 0

)

select
    anchor_date,
    input_checksum,
    definitions_checksum,
    {% for metric, cut in rfm_cuts() -%}
    percentile_cont({{ cut / 100 }}) within group (order by {{ metric }})
        as {{ metric }}_cut_{{ cut }},
    percentile_cont({{ clear_share(metric, cut) }}) within group (order by {{ metric }})
        as {{ metric }}_cut_{{ cut }}_clear,
    {% endfor -%}
    {% for cut in value_tiers().values() -%}
    percentile_cont({{ cut / 100 }}) within group (order by year_amount)
        as year_amount_cut_{{ cut }},
    {% endfor -%}
    count(*) as count_customers
from customers
group by anchor_date, input_checksum, definitions_checksum
