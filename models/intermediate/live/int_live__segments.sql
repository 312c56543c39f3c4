{{ config(materialized='view') }}

with

customers as (

    select * from {{ ref('int_live__customer_features') }}

),

cut_points as (

    select * from {{ ref('int_live__known') }}

),

cells as (

    select * from {{ ref('rfm_cells') }}

),

stages as (

    select * from {{ ref('lifecycle_stages') }}

),

rules as (

    select * from {{ ref('int_segments__rules') }}

),

scored as (

    select
        customers.*,
        {% for metric in rfm_metrics() -%}
        {{ rfm_score(metric) }} as {{ metric }}_score,
        {{ sticky_score(metric, 'customers') }} as sticky_{{ metric }}_score,
        {% endfor -%}
        {{ value_tier('customers.net_amount_365d') }} as value_tier_code,
        cut_points.anchor_date
    from customers
    cross join cut_points

),

clustered as (

    {% if 'cluster' in segment_dimensions() -%}
    {{ nearest_cluster('scored') }}
    {%- else -%}
    select
        *,
        cast(null as bigint) as cluster_id
    from scored
    {%- endif %}

)

select
    ---------- ids
    clustered.customer_id,
    rfm_rules.rule_id as rfm_rule_id,
    cluster_rules.rule_id as cluster_rule_id,

    ---------- strings
    {{ if_segmented_by('rfm', "coalesce(cells.segment_code, 'no_purchase')") }}
        as rfm_segment_code,
    {{ if_segmented_by(
        'rfm_sticky',
        "coalesce(sticky_cells.segment_code, 'no_purchase')"
    ) }}
        as sticky_rfm_segment_code,
    {{ if_segmented_by('lifecycle', "stages.stage_code") }}
        as lifecycle_stage_code,
    {{ cluster_code('clustered.cluster_id') }} as cluster_code,
    {{ if_segmented_by('value_tier', 'clustered.value_tier_code') }}
        as value_tier_code,

    ---------- numerics
    cells.recency_score,
    cells.frequency_score,
    cells.monetary_score,
    clustered.days_since_last_order,
    clustered.count_orders,
    clustered.lifetime_net_amount,

    ---------- dates
    clustered.as_of_date
from clustered
left join cells
    on clustered.count_orders > 0 and {{ is_in_cell('clustered', 'cells') }}
left join cells as sticky_cells
    on
        clustered.count_orders > 0
        and {{ is_in_cell('clustered', 'sticky_cells', 'sticky_') }}
left join stages
    on {{ is_in_stage('clustered', 'stages') }}
left join rules as rfm_rules
    on
        clustered.count_orders > 0
        and rfm_rules.dimension = 'rfm'
        and cells.segment_code = rfm_rules.segment_code
        and {{ fits_rule('clustered', 'rfm_rules') }}
left join rules as cluster_rules
    on
        clustered.count_orders > 0
        and cluster_rules.dimension = 'cluster'
        and cluster_rules.segment_code = {{ cluster_code('clustered.cluster_id') }}
        and {{ fits_rule('clustered', 'cluster_rules') }}
