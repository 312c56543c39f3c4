-- Measured on held-out customers, who were not used to learn or choose the rules. The
-- baseline assigns the largest segment of the others to all of them.
with

customers as (

    select * from {{ ref('int_customers__rules') }}
    where segment_code is not null

),

others as (

    select
        dimension,
        segment_code,
        count(*) as count_customers
    from customers
    where not is_held_out
    group by dimension, segment_code

),

most as (

    select
        dimension,
        segment_code as baseline_segment_code
    from others
    qualify
        row_number() over (
            partition by dimension
            order by count_customers desc, segment_code asc
        ) = 1

),

held_out as (

    select * from customers
    where is_held_out

),

totals as (

    select
        held_out.dimension,
        count(*) as count_customers,
        sum(case
            when held_out.segment_code = held_out.rule_segment_code then 1 else 0
        end) as count_right,
        sum(case
            when held_out.segment_code = most.baseline_segment_code then 1 else 0
        end) as count_baseline_right
    from held_out
    inner join most
        on held_out.dimension = most.dimension
    group by held_out.dimension

),

sides as (

    select
        dimension,
        segment_code,
        1 as is_actual,
        0 as is_told,
        case when segment_code = rule_segment_code then 1 else 0 end as is_right
    from held_out

    union all

    select
        dimension,
        rule_segment_code as segment_code,
        0 as is_actual,
        1 as is_told,
        0 as is_right
    from held_out

),

by_segment as (

    select
        dimension,
        segment_code,
        sum(is_actual) as count_actual,
        sum(is_told) as count_told,
        sum(is_right) as count_right
    from sides
    group by dimension, segment_code

),

-- Cohen (1960): agreement beyond what the sizes of the segments alone would give
chance as (

    select
        dimension,
        sum(count_actual * count_told) as count_pairs,
        cast(sum(case
            when count_actual > 0
                then cast(
                    cast(count_right as double) / count_actual as decimal(18, 12)
                )
        end) as double) / count(nullif(count_actual, 0)) as balanced_accuracy
    from by_segment
    group by dimension

)

select
    ---------- strings
    by_segment.dimension,
    by_segment.segment_code,
    most.baseline_segment_code,

    ---------- numerics: of the segment
    by_segment.count_actual,
    by_segment.count_told,
    by_segment.count_right,
    cast(by_segment.count_right as double) / nullif(by_segment.count_told, 0)
        as segment_precision,
    cast(by_segment.count_right as double) / nullif(by_segment.count_actual, 0)
        as segment_recall,

    ---------- numerics: of all rules of the dimension
    totals.count_customers as count_held_out,
    cast(totals.count_right as double) / totals.count_customers as accuracy,
    chance.balanced_accuracy,
    (
        cast(totals.count_right as double) * totals.count_customers
        - chance.count_pairs
    ) / nullif(
        cast(totals.count_customers as double) * totals.count_customers
        - chance.count_pairs,
        0
    ) as kappa,
    cast(totals.count_baseline_right as double) / totals.count_customers
        as baseline_accuracy
from by_segment
inner join totals
    on by_segment.dimension = totals.dimension
inner join most
    on by_segment.dimension = most.dimension
inner join chance
    on by_segment.dimension = chance.dimension
