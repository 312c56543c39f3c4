{%- set horizon = setting('horizon_days') -%}
{#- One CTE per kind, each with the same columns. A new kind is a CTE and a name here. -#}
{%- set kinds = [
    'empty_segments', 'exploding_segments', 'contradictory_segments', 'unnamed_clusters',
    'unstable_segments', 'weak_models', 'suspicious_features', 'unfair_audiences',
    'rejected_rows',
] %}
-- Items that a person should decide, and what has been decided about each.
with

segments as (

    select
        segments.segment_id,
        segments.dimension,
        segments.segment_code,
        segments.segment_name,
        segments.suggested_name,
        segments.name_source,
        coalesce(overview.count_customers, 0) as count_customers,
        priorities.value_at_stake
    from {{ ref('int_segments') }} as segments
    left join {{ ref('int_segments__overview') }} as overview
        on segments.segment_id = overview.segment_id
    left join {{ ref('int_segments__priorities') }} as priorities
        on segments.segment_id = priorities.segment_id
    where segments.is_current and segments.segment_code <> 'noise'

),

-- ---------- empty, exploding

empty_segments as (

    select
        'empty' as kind,
        segment_id as subject_id,
        segment_name as subject,
        'No customer is in the segment ' || segment_name || ' now.' as evidence,
        'Change the ranges or cells that define it, or keep quiet if it is meant to be '
        || 'empty at times' as choices,
        'empty' as decided_on_value,
        cast(null as double) as decided_on_figure,
        cast(null as decimal(18, 2)) as value_at_stake
    from segments
    where count_customers = 0 and dimension <> 'cluster'

),

sizes as (

    select
        dimension,
        segment_code,
        anchor_date,
        cast(max(count_before) as bigint) as count_before,
        cast(max(count_after) as bigint) as count_after
    from {{ ref('int_segments__size_changes') }}
    group by dimension, segment_code, anchor_date
    qualify
        anchor_date = max(anchor_date) over ()

),

exploding_segments as (

    select
        'exploding' as kind,
        segments.segment_id as subject_id,
        segments.segment_name as subject,
        segments.segment_name || ' grew from ' || sizes.count_before || ' to '
        || sizes.count_after || ' customers at ' || sizes.anchor_date || '.' as evidence,
        'Look in fct_segment_size_changes for the cause, change the definition, or keep '
        || 'quiet if the growth is real' as choices,
        'more than doubled' as decided_on_value,
        cast(sizes.count_after as double) as decided_on_figure,
        segments.value_at_stake
    from segments
    inner join sizes
        on
            segments.dimension = sizes.dimension
            and segments.segment_code = sizes.segment_code
    where
        sizes.count_after > 2 * sizes.count_before
        and sizes.count_after - sizes.count_before
        >= {{ setting('small_segment_customers') }}

),

-- ---------- contradictory: a name that promises loyalty, and members who leave

loyal as (

    select segment_id
    from segments
    where dimension in ('rfm', 'rfm_sticky') and segment_code in ('champions', 'loyal')

    union all

    select 'cluster:' || cluster_code as segment_id
    from {{ ref('int_clusters__most_common_segments') }}
    where rfm_segment_code in ('champions', 'loyal')

),

starts as (

    select
        'now' as period,
        {{ dbt.dateadd('day', -horizon, 'max(as_of_date)') }} as start_date
    from {{ ref('int_customers__current') }}

    union all

    select
        'before' as period,
        {{ dbt.dateadd('day', -2 * horizon, 'max(as_of_date)') }} as start_date
    from {{ ref('int_customers__current') }}

),

buyers as (

    select distinct
        starts.period,
        purchases.customer_id
    from starts
    inner join {{ ref('int_orders__purchases') }} as purchases
        on
            cast(starts.start_date as date) <= purchases.order_date
            and purchases.order_date
            < cast({{ dbt.dateadd('day', horizon, 'starts.start_date') }} as date)

),

-- the last date of history by then
dates as (

    select
        starts.period,
        max(anchors.anchor_date) as anchor_date
    from starts
    inner join {{ ref('int_history_anchors') }} as anchors
        on starts.start_date >= anchors.anchor_date
    where anchors.is_on_grid
    group by starts.period

),

held as (

    {% for dimension, column in segment_dimensions().items() -%}
    {%- set is_cluster = dimension == 'cluster' -%}
    select
        dates.period,
        history.customer_id,
        '{{ dimension }}:' || {{
            cluster_code('history.cluster_id') if is_cluster else 'history.' ~ column
        }} as segment_id
    from {{ ref(
        'int_customers__history_clusters' if is_cluster else history_with(dimension)
    ) }} as history
    inner join dates
        on history.anchor_date = dates.anchor_date
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

members as (

    select
        loyal.segment_id,
        count(*) filter (where held.period = 'now') as count_now,
        count(*) filter (where held.period = 'before') as count_before,
        count(*) filter (where held.period = 'now' and buyers.customer_id is null)
            as left_now,
        count(*) filter (where held.period = 'before' and buyers.customer_id is null)
            as left_before
    from loyal
    inner join held
        on loyal.segment_id = held.segment_id
    left join buyers
        on
            held.period = buyers.period
            and held.customer_id = buyers.customer_id
    group by loyal.segment_id

),

contradictory_segments as (

    select
        'contradictory' as kind,
        segments.segment_id as subject_id,
        segments.segment_name as subject,
        'Of ' || members.count_now || ' members of ' || segments.segment_name || ', '
        || members.left_now || ' bought nothing within {{ horizon }} days; of '
        || members.count_before || ' members {{ horizon }} days earlier, '
        || members.left_before || '.' as evidence,
        'Win them back, rename the segment, or keep quiet if you know why' as choices,
        'churn rises' as decided_on_value,
        round(members.left_now / cast(members.count_now as double), 3)
            as decided_on_figure,
        segments.value_at_stake
    from members
    inner join segments
        on members.segment_id = segments.segment_id
    where
        members.count_now > 0
        and members.count_before > 0
        and {{ newcombe_lower(
            'members.left_now', 'members.count_now',
            'members.left_before', 'members.count_before'
        ) }} > 0

),

-- ---------- without a name, unstable

unnamed_clusters as (

    select
        'unnamed' as kind,
        segment_id as subject_id,
        segment_name as subject,
        count_customers || ' customers are in ' || segment_code
        || ', which only a suggestion names: ' || suggested_name || '.' as evidence,
        'Give it a name (decision name), or keep quiet to keep the suggestion' as choices,
        suggested_name as decided_on_value,
        cast(null as double) as decided_on_figure,
        value_at_stake
    from segments
    where dimension = 'cluster' and suggested_name is not null and count_customers > 0
    -- a name in segment_locks leaves nothing to decide
    and (name_source = 'suggestion' or 'unnamed:' || segment_id in (
        select decided.item_key from {{ ref('review_decisions') }} as decided
    ))

),

unstable_segments as (

    select
        'unstable' as kind,
        'rfm_sticky' as subject_id,
        'Sticky RFM segments' as subject,
        'The rule in force (' || in_force.rule || ') keeps '
        || round(100 * in_force.stay_rate, 1) || ' % of customers from one date to the '
        || 'next; another (' || better.rule || ') keeps '
        || round(100 * better.stay_rate, 1) || ' % and follows lasting moves in '
        || round(better.mean_lag_days, 1) || ' days.' as evidence,
        'Set sticky_band_pct to the other rule, or keep quiet' as choices,
        better.rule as decided_on_value,
        cast(null as double) as decided_on_figure,
        cast(null as decimal(18, 2)) as value_at_stake
    from {{ ref('ml_segments__stickiness') }} as in_force
    inner join {{ ref('ml_segments__stickiness') }} as better
        on
            in_force.stay_rate_upper < better.stay_rate_lower
            and better.mean_lag_days < 15
            and better.band_pct is not null
    where in_force.is_in_force
    qualify row_number() over (order by better.stay_rate desc, better.rule asc) = 1

),

-- ---------- models and what they learn from

fits as (

    select
        *,
        {{ target_in_words('target', 'horizon_days') }} as target_words
    from {{ ref('int_fits__serving') }}

),

weak_models as (

    select
        'weak model' as kind,
        target as subject_id,
        target_words as subject,
        'For ' || target_words || ' no learned model serves: ' || verdict || '.'
            as evidence,
        'Give it more or better features, leave the target out, or keep quiet and use '
        || 'the baseline' as choices,
        champion as decided_on_value,
        cast(null as double) as decided_on_figure,
        cast(null as decimal(18, 2)) as value_at_stake
    from fits
    where is_baseline or champion = 'none'

),

suspicious_features as (

    select
        'suspicious feature' as kind,
        target as subject_id,
        target_words as subject,
        'Left out of the model of ' || target_words || ': ' || excluded_features || '.'
            as evidence,
        'Look when these columns are filled in and mend them, take them out of the '
        || 'features, or keep quiet' as choices,
        -- the names without their figures
        {{ replaced('excluded_features', ': [^?]*[?]', '') }} as decided_on_value,
        cast(null as double) as decided_on_figure,
        cast(null as decimal(18, 2)) as value_at_stake
    from fits
    where coalesce(excluded_features, '') <> ''

),

unfair_audiences as (

    select
        'unfair audience' as kind,
        fairness_id as subject_id,
        audience_kind || ' ' || audience as subject,
        'By ' || attribute || ', ' || group_name || ' is selected '
        || round(selection_ratio, 2) || ' times as often as ' || most_favoured_group
        || ' (95 % interval ' || round(selection_ratio_lower, 2) || ' to '
        || round(selection_ratio_upper, 2) || '): ' || count_selected || ' of '
        || count_customers || ' customers.' as evidence,
        'Look in rpt_fairness_proxies for what gives the group away, select in another '
        || 'way, or keep quiet if there is a good reason' as choices,
        verdict as decided_on_value,
        round(selection_ratio, 3) as decided_on_figure,
        cast(null as decimal(18, 2)) as value_at_stake
    from {{ ref('int_fairness') }}
    where verdict = 'fails'

),

-- ---------- rejected rows, against the middle of earlier builds

usual as (

    select
        table_name,
        median(
            count_rejected_rows / nullif(cast(count_rows as double), 0)
        ) as usual_share
    from {{ ref('int_run_inputs') }}
    group by table_name

),

rejected_rows as (

    select
        'rejected rows' as kind,
        quality.table_name as subject_id,
        quality.table_name as subject,
        quality.count_rejected_rows || ' of ' || quality.count_rows || ' rows of '
        || quality.table_name || ' are rejected ('
        || round(100 * quality.rejected_share, 1) || ' %)'
        || coalesce(
            '; in earlier builds typically ' || round(100 * usual.usual_share, 1) || ' %',
            ''
        )
        || '. Most often: ' || quality.most_frequent_rejection_reasons || '.' as evidence,
        'Mend the rows at their source (fct_rejected_rows has them all), change the '
        || 'setting that rejects them, or keep quiet' as choices,
        quality.most_frequent_rejection_reasons as decided_on_value,
        round(quality.rejected_share, 3) as decided_on_figure,
        cast(null as decimal(18, 2)) as value_at_stake
    from {{ ref('int_raw_tables__quality') }} as quality
    left join usual
        on quality.table_name = usual.table_name
    where
        quality.rejected_share > case
            when usual.usual_share is null then {{ setting('max_rejected_share') }}
            -- twice as many as usual, and a hundredth more
            else greatest(2 * usual.usual_share, usual.usual_share + 0.01)
        end

),

items as (

    {% for kind in kinds -%}
    select
        {{ loop.index }} as kind_order,
        {{ kind }}.*
    from {{ kind }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

decisions as (

    select * from {{ ref('review_decisions') }}
    qualify
        row_number() over (
            partition by item_key order by decided_at desc, decision asc
        ) = 1

),

judged as (

    select
        items.*,
        items.kind || ':' || items.subject_id as item_key,
        decisions.decision,
        decisions.decided_by,
        decisions.decided_at,
        decisions.reason,
        decisions.decision is not null
        and decisions.decided_on_value = items.decided_on_value
        -- a figure has not changed until it has doubled or halved
        and coalesce(
            items.decided_on_figure = decisions.decided_on_figure
            or (
                items.decided_on_figure < 2 * decisions.decided_on_figure
                and items.decided_on_figure > 0.5 * decisions.decided_on_figure
            ),
            items.decided_on_figure is null
        ) as still_holds
    from items
    left join decisions
        on items.kind || ':' || items.subject_id = decisions.item_key

)

select
    ---------- ids
    item_key,

    ---------- strings
    kind,
    subject,
    evidence,
    choices,
    decided_on_value,
    'seeds/reference/review_decisions.csv' as write_to,
    case
        when decision is not null
            then
                decision || ', by ' || decided_by || ' on ' || decided_at
                || coalesce(': ' || reason, '')
                || case when still_holds then '' else ' (it has changed since)' end
    end as last_decision,

    ---------- numerics
    row_number() over (
        order by value_at_stake desc nulls last, kind_order asc, item_key asc
    ) as queue_rank,
    decided_on_figure,
    value_at_stake,

    ---------- booleans
    -- a name closes its item alone, and a note closes none
    case
        when not still_holds then true
        when decision = 'name' then kind <> 'unnamed'
        else decision <> 'keep quiet'
    end as is_open
from judged
