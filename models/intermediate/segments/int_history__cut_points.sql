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
            as year_amount,
        features.avg_days_between_orders as gap_days
    from {{ ref('int_customers__history_features') }} as features
    inner join anchors
        on features.anchor_date = anchors.anchor_date
    where features.count_orders > 0

),

percentiles as (

    select
        anchor_date,
        input_checksum,
        definitions_checksum,
        {% for metric in rfm_metrics() -%}
        {{ percentiles_of(metric, cut_percentiles() + clear_percentiles(metric)) }}
            as {{ metric }}_percentiles,
        {% endfor -%}
        {{ percentiles_of('year_amount', value_tiers().values()) }}
            as year_amount_percentiles,
        median(gap_days) as usual_gap_days,
        count(gap_days) as count_gaps,
        count(*) as count_customers
    from customers
    group by anchor_date, input_checksum, definitions_checksum

),

quintiles as (

    select
        anchor_date,
        input_checksum,
        definitions_checksum,
        {% for metric in rfm_metrics() -%}
        {% for cut in cut_percentiles() -%}
        {{ item_of(metric ~ '_percentiles', loop.index) }} as {{ metric }}_cut_{{ cut }},
        {{ item_of(metric ~ '_percentiles', loop.index + loop.length) }}
            as {{ metric }}_cut_{{ cut }}_clear,
        {% endfor -%}
        {% endfor -%}
        {% for cut in value_tiers().values() -%}
        {{ item_of('year_amount_percentiles', loop.index) }} as year_amount_cut_{{ cut }},
        {% endfor -%}
        usual_gap_days,
        2 * count_gaps > count_customers as is_gap_usual,
        count_customers
    from percentiles

)

select
    anchor_date,
    input_checksum,
    definitions_checksum,
    {% for metric in rfm_metrics() -%}
    {% for cut in cut_percentiles() -%}
    {{ rfm_cut(metric, cut) }} as {{ metric }}_cut_{{ cut }},
    {{ rfm_cut(metric, cut, '_clear') }} as {{ metric }}_cut_{{ cut }}_clear,
    {% endfor -%}
    {% endfor -%}
    {% for cut in value_tiers().values() -%}
    year_amount_cut_{{ cut }},
    {% endfor -%}
    count_customers
from quintiles
