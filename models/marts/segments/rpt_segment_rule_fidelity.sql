with

fidelity as (

    select * from {{ ref('int_segments__rule_fidelity') }}

),

segments as (

    select * from {{ ref('dim_segments') }}
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
    cast(fidelity.baseline_segment_code as {{ dbt.type_string() }})
        as baseline_segment_code,
    cast(
        coalesce(dimensions.verdict, 'no rules: too few customers to learn from')
        as {{ dbt.type_string() }}
    ) as verdict,

    ---------- numerics: of the segment
    cast(coalesce(rules.count_rules, 0) as bigint) as count_rules,
    cast(coalesce(fidelity.count_actual, 0) as bigint) as count_held_out,
    cast(coalesce(fidelity.count_told, 0) as bigint) as count_told,
    cast(fidelity.segment_precision as double) as segment_precision,
    cast(fidelity.segment_recall as double) as segment_recall,

    ---------- numerics: of all rules of the dimension
    cast(fidelity.accuracy as double) as accuracy,
    cast(fidelity.balanced_accuracy as double) as balanced_accuracy,
    cast(fidelity.kappa as double) as kappa,
    cast(fidelity.baseline_accuracy as double) as baseline_accuracy
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
