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

    select * from {{ ref('dim_segments') }}

),

as_of as (

    select anchor_date
    from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

)

select
    ---------- ids
    cast(rules.rule_id as {{ dbt.type_string() }}) as rule_id,

    ---------- strings
    cast(rules.dimension as {{ dbt.type_string() }}) as dimension,
    cast(rules.segment_code as {{ dbt.type_string() }}) as segment_code,
    cast(segments.segment_name as {{ dbt.type_string() }}) as segment_name,
    cast(rules.rule_in_words as {{ dbt.type_string() }}) as rule_in_words,
    cast(rules.sql_condition as {{ dbt.type_string() }}) as sql_condition,
    cast(rules.verdict as {{ dbt.type_string() }}) as verdict,

    ---------- numerics: of the rule
    cast(rules.rule_number as bigint) as rule_number,
    cast(coalesce(sizes.count_customers, 0) as bigint) as count_customers,
    cast(
        coalesce(sizes.count_customers, 0)
        / nullif(cast(all_customers.count_customers as double), 0)
        as double
    ) as customer_share,
    cast(coalesce(sizes.count_held_out, 0) as bigint) as count_held_out,
    cast(
        sizes.count_right / nullif(cast(sizes.count_held_out as double), 0) as double
    ) as rule_precision,

    ---------- numerics: of all rules of the dimension
    cast(fidelity.count_held_out as bigint) as dimension_count_held_out,
    cast(fidelity.accuracy as double) as accuracy,
    cast(fidelity.balanced_accuracy as double) as balanced_accuracy,
    cast(fidelity.kappa as double) as kappa,
    cast(fidelity.baseline_accuracy as double) as baseline_accuracy,

    ---------- dates
    cast(as_of.anchor_date as date) as as_of_date
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
