-- Reasons explain the whole score: the contributions sum to it on its scale, for every
-- customer and target with a score. Logarithms of probabilities near 0 or 1, and of
-- amounts near 0, are not compared: doubles hold too few digits.
with

reasons as (

    select
        customer_id,
        target,
        min(scale) as scale,
        max(scale) as other_scale,
        sum(contribution) as contribution
    from {{ ref('fct_prediction_reasons') }}
    group by customer_id, target

),

scores as (

    select
        customer_id,
        target,
        {{ log_odds('probability') }} as score,
        probability between 1e-9 and 1 - 1e-9 as is_comparable
    from {{ ref('int_customers__learned_purchase_probabilities') }}
    where target = 'churn'

    union all

    select
        customer_id,
        target,
        {{ log_odds('probability') }} as score,
        probability between 1e-9 and 1 - 1e-9 as is_comparable
    from {{ ref('int_customers__response_probabilities') }}

    union all

    select
        customer_id,
        'purchase_' || cast(horizon_days as {{ dbt.type_string() }}) || 'd' as target,
        {{ log_odds('purchase_probability') }} as score,
        purchase_probability between 1e-9 and 1 - 1e-9 as is_comparable
    from {{ ref('int_customers__purchase_probabilities') }}
    where horizon_days <> {{ setting('horizon_days') }}

    union all

    select
        customer_id,
        target,
        case
            when is_baseline then expected_net_amount
            else ln(greatest(expected_net_amount, 1e-300))
        end as score,
        is_baseline or expected_net_amount > 1e-290 as is_comparable
    from {{ ref('int_customers__spend') }}

    union all

    select
        customer_id,
        'next_order' as target,
        days_to_next_order as score,
        true as is_comparable
    from {{ ref('int_customers__next_order') }}
    where days_to_next_order is not null

    union all

    select
        customer_id,
        'next_category' as target,
        max(probability) as score,
        true as is_comparable
    from {{ ref('int_customers__next_category_scores') }}
    group by customer_id

)

select
    scores.customer_id,
    scores.target,
    scores.score,
    reasons.contribution
from scores
left join reasons
    on
        scores.customer_id = reasons.customer_id
        and scores.target = reasons.target
where
    {{ setting('count_reasons') }} > 0
    and (
        reasons.customer_id is null
        or reasons.scale <> reasons.other_scale
        or (
            scores.is_comparable
            and abs(reasons.contribution - scores.score)
            > 1e-6 * greatest(1, abs(scores.score))
        )
    )
