{{ config(materialized='view') }}

{%- set stake = objectives()[setting('objective')] %}
{%- set horizon_days = setting('value_horizon_days') %}
with

segments as (

    select * from {{ ref('int_segments') }}

),

owners as (

    select * from {{ ref('segment_owners') }}
    union all
    -- sticky segments have the same meaning, only customers stay longer
    select
        'rfm_sticky' as dimension,
        segment_code,
        owner
    from {{ ref('segment_owners') }}
    where dimension = 'rfm'

),

most_common_segments as (

    select * from {{ ref('int_clusters__most_common_segments') }}

),

members as (

    select * from {{ ref('int_segments__members') }}

),

customers as (

    select * from {{ ref('int_customers__current') }}

),

stages as (

    select
        customer_id,
        lifecycle_stage_code
    from {{ ref('int_customers__segments') }}

),

churn as (

    select * from {{ ref('int_customers__churn') }}

),

customer_values as (

    select * from {{ ref('int_customers__value') }}

),

forecasts as (

    select * from {{ ref('int_customers__forecasts') }}

),

-- where no value or churn model serves, the longest forecast that is served
served_spend as (

    select
        customer_id,
        horizon_days,
        cast(expected_net_amount as double) as expected_net_amount
    from forecasts
    where expected_net_amount is not null and horizon_days <= {{ horizon_days }}
    qualify
        row_number() over (partition by customer_id order by horizon_days desc) = 1

),

served_purchases as (

    select
        customer_id,
        1 - purchase_probability as no_purchase_probability
    from forecasts
    where purchase_probability is not null
    qualify
        row_number() over (
            partition by customer_id
            order by
                abs(horizon_days - {{ setting('horizon_days') }}) asc, horizon_days asc
        ) = 1

),

conversion as (

    select * from {{ ref('int_prospects__conversion') }}

),

as_of as (

    select anchor_date
    from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

),

joined as (

    select
        members.customer_id,
        members.dimension,
        members.segment_code,
        stages.lifecycle_stage_code,
        coalesce(
            churn.churn_probability, served_purchases.no_purchase_probability
        ) as churn_probability,
        coalesce(
            cast(customer_values.expected_value_amount as double),
            served_spend.expected_net_amount
            * greatest(coalesce(customer_values.margin_rate, 1), 0)
        ) as expected_value_amount,
        case
            when customer_values.expected_value_amount is not null
                then {{ horizon_days }}
            else served_spend.horizon_days
        end as valued_days,
        customers.lifetime_net_amount,
        -- net amount per horizon, over the time from first to last purchase
        customers.lifetime_net_amount
        * greatest(coalesce(customer_values.margin_rate, 1), 0)
        * {{ horizon_days }} / greatest(
            {{ dbt.datediff(
                'customers.first_order_date', 'customers.last_order_date', 'day'
            ) }},
            {{ horizon_days }}
        ) as former_value_amount,
        conversion.conversion_rate,
        conversion.converted_value_amount,
        conversion.count_prospects
    from members
    inner join customers
        on members.customer_id = customers.customer_id
    inner join stages
        on members.customer_id = stages.customer_id
    left join churn
        on members.customer_id = churn.customer_id
    left join customer_values
        on members.customer_id = customer_values.customer_id
    left join served_spend
        on members.customer_id = served_spend.customer_id
    left join served_purchases
        on members.customer_id = served_purchases.customer_id
    cross join conversion

),

-- value of the typical customer of a segment, if there are enough customers
typical as (

    select
        dimension,
        segment_code,
        median(expected_value_amount) as value_amount,
        {{ is_small_segment('count(expected_value_amount)') }} as is_small
    from joined
    group by dimension, segment_code

),

better as (

    select
        typical.dimension,
        typical.segment_code,
        min(ahead.value_amount) as better_value_amount
    from typical
    inner join typical as ahead
        on
            typical.dimension = ahead.dimension
            and typical.value_amount < ahead.value_amount
            and not ahead.is_small
    group by typical.dimension, typical.segment_code

),

compared as (

    select
        joined.*,
        better.better_value_amount,
        -- whether a segment is the best is unknown where it has no value
        joined.expected_value_amount is null or better.segment_code is not null
            as has_better
    from joined
    left join better
        on
            joined.dimension = better.dimension
            and joined.segment_code = better.segment_code

),

at_stake as (

    select
        dimension,
        segment_code,
        lifetime_net_amount,
        {{ stake.observed }} as count_observed,
        {{ stake.probability }} as probability,
        {{ stake.amount }} as amount
    from compared
    where {{ stake.condition }}

),

sizes as (

    select
        dimension,
        segment_code,
        count(*) as count_customers
    from members
    group by dimension, segment_code

),

-- exact sums, so that nothing depends on row order
summed as (

    select
        dimension,
        segment_code,
        count(*) as count_at_stake,
        count(probability * amount) as count_valued,
        sum(cast(lifetime_net_amount as decimal(28, 6))) as stake_net_amount,
        sum(cast(probability * amount as decimal(28, 6))) as value_at_stake,
        -- a probability observed on few customers is less certain
        sum(cast(probability * (1 - probability) * amount * amount as decimal(38, 6)))
        * (1 + coalesce(count(*) / nullif(cast(max(count_observed) as double), 0), 0))
            as variance
    from at_stake
    group by dimension, segment_code

),

totals as (

    select
        dimension,
        sum(value_at_stake) as value_at_stake
    from summed
    group by dimension

),

ranked as (

    select
        segments.*,
        coalesce(sizes.count_customers, 0) as count_customers,
        coalesce(summed.count_at_stake, 0) as count_at_stake,
        coalesce(summed.count_valued, 0) as count_valued,
        summed.stake_net_amount,
        case
            when summed.count_at_stake is null then 0 else summed.value_at_stake
        end as value_at_stake,
        1.959963984540054 * coalesce(sqrt(cast(summed.variance as double)), 0)
            as margin_of_chance,
        cast(totals.value_at_stake as double) as total_at_stake
    from segments
    left join sizes
        on
            segments.dimension = sizes.dimension
            and segments.segment_code = sizes.segment_code
    left join summed
        on
            segments.dimension = summed.dimension
            and segments.segment_code = summed.segment_code
    left join totals
        on segments.dimension = totals.dimension

),

basis as (

    select
        (select max(customer_values.value_basis) from customer_values) as value_basis,
        (select max(joined.valued_days) from joined) as valued_days

)

select
    ---------- ids
    ranked.segment_id,

    ---------- strings
    ranked.dimension,
    ranked.segment_code,
    ranked.segment_name,
    '{{ setting("objective") }}' as objective,
    ranked.suggested_play,
    -- a cluster without a named owner goes to the owner of its most common segment
    coalesce(owners.owner, kin_owners.owner) as owner,
    basis.value_basis,
    case
        when ranked.count_at_stake = 0 then '{{ stake.nobody }}'
        when ranked.count_valued = 0 then '{{ stake.unknown }}'
        when ranked.value_at_stake = 0 then 'the probability or the amount is 0'
    end as reason,

    ---------- numerics
    row_number() over (
        partition by ranked.dimension
        order by
            -- who is there first; then what is worth something, what is not known to be
            -- worth nothing, by spend so far, and what is
            case
                when not ranked.is_current or ranked.count_customers = 0 then 4
                when ranked.value_at_stake > 0 then 1
                when ranked.value_at_stake is null then 2
                else 3
            end asc,
            ranked.value_at_stake desc nulls last,
            ranked.stake_net_amount desc nulls last,
            ranked.segment_order asc,
            ranked.segment_code asc
    ) as priority_rank,
    ranked.count_customers,
    ranked.count_at_stake,
    ranked.count_valued,
    {% if setting('objective') in ['reduce_churn', 'grow_value'] -%}
    basis.valued_days,
    {%- else -%}
    cast(null as bigint) as valued_days,
    {%- endif %}
    cast(ranked.value_at_stake as decimal(18, 2)) as value_at_stake,
    cast(
        case
            when ranked.value_at_stake > ranked.margin_of_chance
                then ranked.value_at_stake - ranked.margin_of_chance
            when ranked.value_at_stake is not null then 0
        end as decimal(18, 2)
    ) as value_at_stake_lower,
    cast(ranked.value_at_stake + ranked.margin_of_chance as decimal(18, 2))
        as value_at_stake_upper,
    round(cast(ranked.value_at_stake as double) / nullif(ranked.total_at_stake, 0), 6)
        as value_at_stake_share,

    ---------- dates
    as_of.anchor_date as as_of_date
from ranked
cross join basis
left join owners
    on
        ranked.dimension = owners.dimension
        and ranked.segment_code = owners.segment_code
left join most_common_segments
    on
        ranked.dimension = 'cluster'
        and ranked.segment_code = most_common_segments.cluster_code
left join owners as kin_owners
    on
        most_common_segments.rfm_segment_code = kin_owners.segment_code
        and kin_owners.dimension = 'rfm'
left join as_of
    on 1 = 1
