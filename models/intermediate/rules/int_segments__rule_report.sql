{{ config(materialized='view') }}

with

rules as (

    select * from {{ ref('int_segments__rules') }}

),

customers as (

    select * from {{ ref('int_customers__rules') }}

),

sizes as (

    select
        rule_id,
        count(*) as count_customers,
        sum(case when is_held_out and segment_code is not null then 1 else 0 end)
            as count_held_out,
        sum(case when is_held_out and segment_code = rule_segment_code then 1 else 0 end)
            as count_right
    from customers
    group by rule_id

),

all_customers as (

    select
        dimension,
        count(*) as count_customers
    from customers
    group by dimension

),

fidelity as (

    select distinct
        dimension,
        count_held_out,
        accuracy,
        balanced_accuracy,
        kappa,
        baseline_accuracy
    from {{ ref('int_segments__rule_fidelity') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

as_of as (

    select anchor_date
    from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

)

select
    ---------- ids
    rules.rule_id,

    ---------- strings
    rules.dimension,
    rules.segment_code,
    segments.segment_name,
    rules.rule_in_words,
    rules.sql_condition,
    rules.verdict,

    ---------- numerics: of the rule
    rules.rule_number,
    coalesce(sizes.count_customers, 0) as count_customers,
    coalesce(sizes.count_customers, 0)
    / nullif(cast(all_customers.count_customers as double), 0) as customer_share,
    coalesce(sizes.count_held_out, 0) as count_held_out,
    sizes.count_right / nullif(cast(sizes.count_held_out as double), 0) as rule_precision,

    ---------- numerics: of all rules of the dimension
    fidelity.count_held_out as dimension_count_held_out,
    fidelity.accuracy,
    fidelity.balanced_accuracy,
    fidelity.kappa,
    fidelity.baseline_accuracy,

    ---------- dates
    as_of.anchor_date as as_of_date
from rules
left join sizes
    on rules.rule_id = sizes.rule_id
left join all_customers
    on rules.dimension = all_customers.dimension
left join fidelity
    on rules.dimension = fidelity.dimension
left join segments
    on
        rules.dimension = segments.dimension
        and rules.segment_code = segments.segment_code
left join as_of
    on 1 = 1
