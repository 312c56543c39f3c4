{{ config(materialized='view') }}

with

evidence as (

    select * from {{ ref('ml_lookalike_lists__evidence') }}

),

seeds as (

    select
        list_id,
        count(*) as count_seed_customers,
        count(*) filter (where not is_known) as count_unknown_customers,
        count(*) filter (where has_bought) as count_seed_buyers
    from {{ ref('int_customers__lookalike_seeds') }}
    group by list_id

),

lookalikes as (

    select
        list_id,
        count(*) as count_lookalikes
    from {{ ref('ml_customers__lookalikes') }}
    group by list_id

),

scoring as (

    select anchor_date from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

),

rates as (

    select
        *,
        count_held_out / count_candidates as base_rate,
        count_found / count_held_out as hit_rate,
        {{ wilson_lower('count_found', 'count_held_out') }} as hit_rate_lower,
        {{ wilson_upper('count_found', 'count_held_out') }} as hit_rate_upper,
        count_found_by_baseline / count_held_out as baseline_hit_rate,
        (count_found - count_found_by_baseline) / count_held_out
            as difference,
        -- paired: only customers that one method finds and the other misses count
        sqrt(
            count_found + count_found_by_baseline - 2 * count_found_by_both
            - power(count_found - count_found_by_baseline, 2)
            / cast(count_held_out as double)
        ) / count_held_out as difference_error
    from evidence

),

judged as (

    select
        *,
        difference - 1.959963984540054 * difference_error as difference_lower,
        difference + 1.959963984540054 * difference_error as difference_upper
    from rates

)

select
    ---------- ids
    judged.list_id,

    ---------- strings
    judged.baseline,
    case
        when judged.fault is not null then judged.fault
        when judged.hit_rate_lower <= judged.base_rate then 'no better than chance'
        when judged.difference_lower <= 0
            then 'not clearly better than by spend alone'
        else 'finds the held-out half clearly better than by spend alone'
    end as verdict,

    ---------- numerics
    coalesce(seeds.count_seed_customers, 0) as count_seed_customers,
    coalesce(seeds.count_unknown_customers, 0) as count_unknown_customers,
    coalesce(seeds.count_seed_buyers, 0) as count_seed_buyers,
    coalesce(lookalikes.count_lookalikes, 0) as count_lookalikes,
    judged.count_candidates,
    judged.count_held_out,
    judged.count_found,
    judged.base_rate,
    judged.hit_rate,
    judged.hit_rate_lower,
    judged.hit_rate_upper,
    judged.hit_rate / judged.base_rate as lift,
    judged.hit_rate_lower / judged.base_rate as lift_lower,
    judged.hit_rate_upper / judged.base_rate as lift_upper,
    judged.auc,
    judged.baseline_hit_rate,
    judged.baseline_auc,
    judged.difference,
    judged.difference_lower,
    judged.difference_upper,

    ---------- booleans
    coalesce(judged.difference_lower > 0, false) as beats_baseline,

    ---------- dates
    scoring.anchor_date as as_of_date
from judged
left join seeds
    on judged.list_id = seeds.list_id
left join lookalikes
    on judged.list_id = lookalikes.list_id
left join scoring
    on 1 = 1
