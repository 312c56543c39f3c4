{{ config(materialized="view") }}

with

customers as (

    select * from {{ ref('int_live__customer_features') }}

),

buyers as (

    select * from customers
    where count_orders > 0

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

scored as (

    select
        buyers.customer_id,
        {{ rfm_score('recency', 'buyers.days_since_last_order', is_lower_better=true) }}
            as recency_score,
        {{ rfm_score('frequency', 'buyers.count_orders') }} as frequency_score,
        {{ rfm_score('monetary', 'buyers.lifetime_net_amount') }} as monetary_score
    from buyers
    cross join cut_points

),

clusters as (

    {{ nearest_cluster('buyers') }}

),

rules as (

    select * from {{ ref('int_segments__rules') }}

),

leaves as (

    select
        buyers.customer_id,
        max(case when rules.dimension = 'rfm' then rules.rule_id end) as rfm_rule_id,
        max(case when rules.dimension = 'cluster' then rules.rule_id end)
            as cluster_rule_id
    from buyers
    inner join rules
        on {{ fits_rule('buyers', 'rules') }}
    group by buyers.customer_id

)

select
    ---------- ids
    cast(customers.customer_id as {{ dbt.type_string() }}) as customer_id,
    cast(leaves.rfm_rule_id as {{ dbt.type_string() }}) as rfm_rule_id,
    cast(leaves.cluster_rule_id as {{ dbt.type_string() }}) as cluster_rule_id,

    ---------- strings
    cast(coalesce(cells.segment_code, 'no_purchase') as {{ dbt.type_string() }})
        as rfm_segment_code,
    cast(stages.stage_code as {{ dbt.type_string() }}) as lifecycle_stage_code,
    cast({{ cluster_code('clusters.cluster_id') }} as {{ dbt.type_string() }})
        as cluster_code,

    ---------- numerics
    cast(scored.recency_score as bigint) as recency_score,
    cast(scored.frequency_score as bigint) as frequency_score,
    cast(scored.monetary_score as bigint) as monetary_score,
    cast(customers.days_since_last_order as bigint) as days_since_last_order,
    cast(customers.count_orders as bigint) as count_orders,
    cast(customers.lifetime_net_amount as decimal(18, 2)) as lifetime_net_amount,

    ---------- dates
    cast(customers.as_of_date as date) as as_of_date
from customers
left join scored
    on customers.customer_id = scored.customer_id
left join cells
    on
        scored.recency_score = cells.recency_score
        and scored.frequency_score = cells.frequency_score
        and scored.monetary_score = cells.monetary_score
left join stages
    on
        {{ is_in_range('customers', 'stages', 'count_orders') }}
        and {{ is_in_range('customers', 'stages', 'days_since_first_order') }}
        and {{ is_in_range('customers', 'stages', 'days_since_last_order') }}
        and {{ is_in_range('customers', 'stages', 'last_gap_days') }}
left join clusters
    on customers.customer_id = clusters.customer_id
left join leaves
    on customers.customer_id = leaves.customer_id
