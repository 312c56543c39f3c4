{{ config(materialized="view") }}

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

    {{ nearest_cluster('scored') }}

)

select
    ---------- ids
    cast(clustered.customer_id as {{ dbt.type_string() }}) as customer_id,
    cast(rfm_rules.rule_id as {{ dbt.type_string() }}) as rfm_rule_id,
    cast(cluster_rules.rule_id as {{ dbt.type_string() }}) as cluster_rule_id,

    ---------- strings
    cast(coalesce(cells.segment_code, 'no_purchase') as {{ dbt.type_string() }})
        as rfm_segment_code,
    cast(coalesce(sticky_cells.segment_code, 'no_purchase') as {{ dbt.type_string() }})
        as sticky_rfm_segment_code,
    cast(stages.stage_code as {{ dbt.type_string() }}) as lifecycle_stage_code,
    cast({{ cluster_code('clustered.cluster_id') }} as {{ dbt.type_string() }})
        as cluster_code,
    cast(clustered.value_tier_code as {{ dbt.type_string() }}) as value_tier_code,

    ---------- numerics
    cast(cells.recency_score as bigint) as recency_score,
    cast(cells.frequency_score as bigint) as frequency_score,
    cast(cells.monetary_score as bigint) as monetary_score,
    cast(clustered.days_since_last_order as bigint) as days_since_last_order,
    cast(clustered.count_orders as bigint) as count_orders,
    cast(clustered.lifetime_net_amount as decimal(18, 2)) as lifetime_net_amount,

    ---------- dates
    cast(clustered.as_of_date as date) as as_of_date
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
        and {{ fits_rule('clustered', 'rfm_rules') }}
left join rules as cluster_rules
    on
        clustered.count_orders > 0
        and cluster_rules.dimension = 'cluster'
        and {{ fits_rule('clustered', 'cluster_rules') }}
