{%- set bounds = ['lower', 'upper'] %}
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
        count_held_out / cast(count_candidates as double) as base_rate,
        count_found / cast(count_held_out as double) as hit_rate,
        {{ wilson_lower('count_found', 'count_held_out') }} as hit_rate_lower,
        {{ wilson_upper('count_found', 'count_held_out') }} as hit_rate_upper,
        count_found_by_baseline / cast(count_held_out as double) as baseline_hit_rate,
        (count_found - count_found_by_baseline) / cast(count_held_out as double)
            as difference,
        -- paired: only those whom one finds and the other does not tell them apart
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
    cast(judged.list_id as {{ dbt.type_string() }}) as list_id,

    ---------- strings
    cast(judged.baseline as {{ dbt.type_string() }}) as baseline,
    cast(
        case
            when judged.fault is not null then judged.fault
            when judged.hit_rate_lower <= judged.base_rate then 'no better than chance'
            when judged.difference_lower <= 0
                then 'not clearly better than by spend alone'
            else 'finds the held-out half clearly better than by spend alone'
        end as {{ dbt.type_string() }}
    ) as verdict,

    ---------- numerics
    cast(coalesce(seeds.count_seed_customers, 0) as bigint) as count_seed_customers,
    cast(coalesce(seeds.count_unknown_customers, 0) as bigint)
        as count_unknown_customers,
    cast(coalesce(seeds.count_seed_buyers, 0) as bigint) as count_seed_buyers,
    cast(coalesce(lookalikes.count_lookalikes, 0) as bigint) as count_lookalikes,
    cast(judged.count_candidates as bigint) as count_candidates,
    cast(judged.count_held_out as bigint) as count_held_out,
    cast(judged.count_found as bigint) as count_found,
    cast(judged.base_rate as double) as base_rate,
    cast(judged.hit_rate as double) as hit_rate,
    {% for bound in bounds -%}
    cast(judged.hit_rate_{{ bound }} as double) as hit_rate_{{ bound }},
    {% endfor -%}
    cast(judged.hit_rate / judged.base_rate as double) as lift,
    {% for bound in bounds -%}
    cast(judged.hit_rate_{{ bound }} / judged.base_rate as double)
        as lift_{{ bound }},
    {% endfor -%}
    cast(judged.auc as double) as auc,
    cast(judged.baseline_hit_rate as double) as baseline_hit_rate,
    cast(judged.baseline_auc as double) as baseline_auc,
    cast(judged.difference as double) as difference,
    {% for bound in bounds -%}
    cast(judged.difference_{{ bound }} as double) as difference_{{ bound }},
    {% endfor %}

    ---------- booleans
    cast(coalesce(judged.difference_lower > 0, false) as boolean) as beats_baseline,

    ---------- dates
    scoring.anchor_date as as_of_date
from judged
left join seeds
    on judged.list_id = seeds.list_id
left join lookalikes
    on judged.list_id = lookalikes.list_id
left join scoring
    on 1 = 1
