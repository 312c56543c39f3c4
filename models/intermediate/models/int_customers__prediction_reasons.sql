{{ config(materialized='view') }}

-- Reasons for scores, in words. Python explains the models; what SQL does to their
-- scores afterwards (levels of value bands, horizons made to agree, days, categories) is
-- explained here.
{%- set horizons = purchase_horizons() | sort %}
with

score_reasons as (

    select * from {{ ref('ml_customers__score_reasons') }}

),

purchases as (

    select * from {{ ref('int_customers__purchase_probabilities') }}

),

spend as (

    select * from {{ ref('int_customers__spend') }}

),

next_orders as (

    select * from {{ ref('int_customers__next_order') }}
    where days_to_next_order is not null and {{ setting('count_reasons') }} > 0

),

category_scores as (

    select * from {{ ref('int_customers__next_category_scores') }}
    where probability > 0 and {{ setting('count_reasons') }} > 0

),

features as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

words as (

    select
        feature,
        words,
        missing_words,
        format,
        unit,
        units
    from {{ ref('feature_labels') }}
    {% for days in horizons -%}
    union all
    select
        'purchase_probability_{{ days }}d' as feature,
        '{value} likely to buy within {{ days }} days' as words,
        'no probability of a purchase within {{ days }} days known' as missing_words,
        'share' as format,
        cast(null as {{ dbt.type_string() }}) as unit,
        cast(null as {{ dbt.type_string() }}) as units
    {% endfor %}

),

last_ranks as (

    select
        customer_id,
        target,
        scale,
        max(reason_rank) as reason_rank
    from score_reasons
    group by customer_id, target, scale

),

-- bands have a level, and horizons are learned separately: the changes that set bands
-- right and make horizons agree are reasons too
changes as (

    select
        customer_id,
        '(agreement of horizons)' as feature,
        'purchase_' || cast(horizon_days as {{ dbt.type_string() }}) || 'd' as target,
        'log odds' as scale,
        {{ log_odds('purchase_probability') }} - {{ log_odds('learned_probability') }}
            as contribution
    from purchases
    where purchase_probability <> learned_probability
    {% for feature, before, after in [
        ('(level of the value band)', 'learned_net_amount', 'levelled_net_amount'),
        ('(agreement of horizons)', 'levelled_net_amount', 'expected_net_amount')
    ] -%}
    union all
    select
        customer_id,
        '{{ feature }}' as feature,
        target,
        'log amount' as scale,
        ln(greatest({{ after }}, 1e-300)) - ln(greatest({{ before }}, 1e-300))
            as contribution
    from spend
    where {{ after }} <> {{ before }}
    union all
    select
        customer_id,
        '{{ feature }}' as feature,
        target,
        'amount' as scale,
        {{ after }} - {{ before }} as contribution
    from spend
    where {{ after }} <> {{ before }}
    {% endfor %}

),

agreements as (

    select
        changes.customer_id,
        changes.target,
        last_ranks.reason_rank
        + row_number() over (
            partition by changes.customer_id, changes.target
            order by changes.feature desc
        ) as reason_rank,
        changes.feature,
        cast(null as double) as feature_value,
        changes.contribution,
        changes.scale
    from changes
    inner join last_ranks
        on
            changes.customer_id = last_ranks.customer_id
            and changes.target = last_ranks.target
            and changes.scale = last_ranks.scale

),

survivals as (

    select
        customer_id,
        {% for days in horizons -%}
        max(case when horizon_days = {{ days }} then purchase_probability end)
            as probability_{{ days }}d{{ ',' if not loop.last }}
        {% endfor %}
    from purchases
    group by customer_id

),

-- the days by the shortest horizon alone, and what each longer one changes
day_reasons as (

    {% for days in horizons -%}
    {%- set before -%}
        coalesce(
            {%- for shorter in horizons[:loop.index0] | reverse -%}
            next_orders.days_by_{{ shorter }}d, {% endfor -%} 0
        )
    {%- endset -%}
    select
        next_orders.customer_id,
        'next_order' as target,
        {{ loop.index0 }} as reason_rank,
        'purchase_probability_{{ days }}d' as feature,
        survivals.probability_{{ days }}d as feature_value,
        coalesce(next_orders.days_by_{{ days }}d, {{ before }}) - {{ before }}
            as contribution,
        'days' as scale
    from next_orders
    inner join survivals
        on next_orders.customer_id = survivals.customer_id
    where next_orders.champion = 'purchase probabilities'
    union all
    {% endfor -%}
    select
        next_orders.customer_id,
        'next_order' as target,
        0 as reason_rank,
        'avg_days_between_orders' as feature,
        features.avg_days_between_orders as feature_value,
        next_orders.days_to_next_order as contribution,
        'days' as scale
    from next_orders
    inner join features
        on next_orders.customer_id = features.customer_id
    where next_orders.champion = 'usual gap'

),

first_categories as (

    select * from category_scores
    qualify
        row_number() over (
            partition by customer_id order by probability desc, category asc
        ) = 1

),

category_parts as (

    {% for part in ['shop_part', 'own_part', 'last_part'] -%}
    select
        customer_id,
        category,
        '{{ part }}' as feature,
        {{ part }} as contribution,
        {{ loop.index0 }} as part_order
    from first_categories
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

category_reasons as (

    select
        customer_id,
        'next_category' as target,
        row_number() over (partition by customer_id order by part_order) - 1
            as reason_rank,
        feature,
        cast(null as double) as feature_value,
        category as value_in_words,
        contribution,
        'probability' as scale
    from category_parts
    where part_order = 0 or contribution > 0

),

numeric_reasons as (

    {% for part in ['score_reasons', 'agreements', 'day_reasons'] -%}
    select
        customer_id,
        target,
        reason_rank,
        feature,
        feature_value,
        contribution,
        scale
    from {{ part }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

reasons as (

    select
        numeric_reasons.customer_id,
        numeric_reasons.target,
        numeric_reasons.reason_rank,
        numeric_reasons.feature,
        numeric_reasons.feature_value,
        {{ format_number(
            'numeric_reasons.feature_value', 'words.format', 'words.unit', 'words.units'
        ) }} as value_in_words,
        numeric_reasons.contribution,
        numeric_reasons.scale
    from numeric_reasons
    left join words
        on numeric_reasons.feature = words.feature
    union all
    select * from category_reasons

),

scoring as (

    select anchor_date from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

),

serving as (

    select * from {{ ref('int_fits__serving') }}

)

select
    ---------- ids
    reasons.customer_id,
    serving.fit_id,

    ---------- strings
    reasons.target,
    reasons.feature,
    case
        when words.feature is null
            then reasons.feature || ' ' || coalesce(reasons.value_in_words, 'unknown')
        when words.words not like '%{value}%' then words.words
        when reasons.value_in_words is null then words.missing_words
        -- a sentence of ours begins with no formula, whatever a shop calls its categories
        when words.words like '{value}%'
            then
                {{ safe_cell('reasons.value_in_words') }}
                || substring(words.words, length('{value}') + 1)
        else replace(words.words, '{value}', reasons.value_in_words)
    end
    || case
        when reasons.reason_rank = 0 then ''
        -- as it is shown: engines differ in the last digit
        when round(reasons.contribution, 9) = 0 then ', which changes nothing'
        when reasons.target = 'next_order' and reasons.contribution > 0
            then ', which delays the next order'
        when reasons.target = 'next_order' then ', which brings the next order closer'
        else
            case
                when reasons.contribution > 0 then ', which raises '
                else ', which lowers '
            end
            || case
                when reasons.target = 'churn' then 'the risk'
                when reasons.target like 'spend_%' then 'the forecast'
                else 'the chance'
            end
    end as reason,
    reasons.scale,

    ---------- numerics
    reasons.reason_rank,
    round(reasons.feature_value, 6) as feature_value,
    round(reasons.contribution, 9) as contribution,

    ---------- dates
    scoring.anchor_date as as_of_date
from reasons
cross join scoring
left join serving
    on reasons.target = serving.target
left join words
    on reasons.feature = words.feature
