{{ config(materialized='view') }}

with

fidelity as (

    select * from {{ ref('int_segments__rule_fidelity') }}

),

segments as (

    select * from {{ ref('int_segments') }}
    where dimension in ('rfm', 'cluster') and segment_code <> 'no_purchase'

),

rules as (

    select
        dimension,
        segment_code,
        count(*) as count_rules
    from {{ ref('int_segments__rules') }}
    group by dimension, segment_code

),

dimensions as (

    select distinct
        dimension,
        verdict
    from {{ ref('int_segments__rules') }}

)

select
    ---------- ids
    segments.segment_id,

    ---------- strings
    segments.dimension,
    segments.segment_code,
    segments.segment_name,
    fidelity.baseline_segment_code,
    coalesce(dimensions.verdict, 'no rules: too few customers to learn from') as verdict,

    ---------- numerics: of the segment
    coalesce(rules.count_rules, 0) as count_rules,
    coalesce(fidelity.count_actual, 0) as count_held_out,
    coalesce(fidelity.count_told, 0) as count_told,
    fidelity.segment_precision,
    fidelity.segment_recall,

    ---------- numerics: of all rules of the dimension
    fidelity.accuracy,
    fidelity.balanced_accuracy,
    fidelity.kappa,
    fidelity.baseline_accuracy
from segments
left join fidelity
    on
        segments.dimension = fidelity.dimension
        and segments.segment_code = fidelity.segment_code
left join rules
    on
        segments.dimension = rules.dimension
        and segments.segment_code = rules.segment_code
left join dimensions
    on segments.dimension = dimensions.dimension
