-- Cliff's delta of each segment against all others, from how often each value occurs
-- among everyone and within the segment: no pair of customers is ever formed. Counts
-- are whole, and doubled where ties count half, so that sums do not depend on row
-- order.
with

customers as (

    select * from {{ ref('int_customers__profiled') }}

),

members as (

    select * from {{ ref('int_segments__members') }}

),

feature_values as (

    {% for feature in feature_names() -%}
    select
        customer_id,
        '{{ feature }}' as feature,
        cast({{ feature }} as double) as feature_value
    from customers
    where {{ feature }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

everyone as (

    select
        feature,
        feature_value,
        count(*) as count_all
    from feature_values
    group by feature, feature_value

),

everyone_known as (

    select
        feature,
        sum(count_all) as count_all_known,
        sum(cast(feature_value as decimal(28, 6)) * count_all) as all_total
    from everyone
    group by feature

),

-- running counts as doubles, which hold whole numbers and are added faster
everyone_placed as (

    select
        *,
        sum(cast(count_all as double)) over (
            partition by feature
            order by feature_value asc
            rows between unbounded preceding and current row
        ) as count_up_to
    from everyone

),

everyone_halved as (

    select
        everyone_placed.feature,
        (
            min(everyone_placed.feature_value) filter (
                where 2 * everyone_placed.count_up_to >= everyone_known.count_all_known
            )
            + min(everyone_placed.feature_value) filter (
                where 2 * everyone_placed.count_up_to > everyone_known.count_all_known
            )
        ) / 2 as everyone_median
    from everyone_placed
    inner join everyone_known
        on everyone_placed.feature = everyone_known.feature
    group by everyone_placed.feature

),

segments as (

    select
        members.dimension,
        members.segment_code,
        feature_values.feature,
        feature_values.feature_value,
        count(*) as count_here
    from feature_values
    inner join members
        on feature_values.customer_id = members.customer_id
    group by
        members.dimension,
        members.segment_code,
        feature_values.feature,
        feature_values.feature_value

),

segments_known as (

    select
        segments.dimension,
        segments.segment_code,
        segments.feature,
        sum(segments.count_here) as count_known,
        sum(cast(segments.feature_value as decimal(28, 6)) * segments.count_here)
            as total
    from segments
    group by segments.dimension, segments.segment_code, segments.feature

),

segments_placed as (

    select
        segments.*,
        everyone_placed.count_all,
        everyone_placed.count_up_to,
        sum(cast(segments.count_here as double)) over (
            partition by segments.dimension, segments.segment_code, segments.feature
            order by segments.feature_value asc
            rows between unbounded preceding and current row
        ) as count_here_up_to,
        lead(everyone_placed.count_up_to - everyone_placed.count_all) over (
            partition by segments.dimension, segments.segment_code, segments.feature
            order by segments.feature_value asc
        ) as next_count_below
    from segments
    inner join everyone_placed
        on
            segments.feature = everyone_placed.feature
            and segments.feature_value = everyone_placed.feature_value

),

-- others are tied with a customer of the segment, or lie between two of them
counted as (

    select
        placed.dimension,
        placed.segment_code,
        placed.feature,
        placed.feature_value,
        placed.count_here_up_to,
        known.count_known,
        known.total,
        everyone_known.count_all_known,
        everyone_known.all_total,
        cast(placed.count_here as decimal(12, 0)) as count_here,
        cast(placed.count_all - placed.count_here as decimal(12, 0)) as others_tied,
        cast(
            coalesce(placed.next_count_below, everyone_known.count_all_known)
            - placed.count_up_to
            as decimal(12, 0)
        ) as others_between,
        cast(
            2 * (placed.count_up_to - placed.count_here_up_to)
            - (placed.count_all - placed.count_here)
            as decimal(12, 0)
        ) as twice_others_below,
        cast(2 * placed.count_here_up_to - placed.count_here as decimal(12, 0))
            as twice_here_below_tied,
        cast(2 * placed.count_here_up_to as decimal(12, 0)) as twice_here_below_between
    from segments_placed as placed
    inner join segments_known as known
        on
            placed.dimension = known.dimension
            and placed.segment_code = known.segment_code
            and placed.feature = known.feature
    inner join everyone_known
        on placed.feature = everyone_known.feature

),

summed as (

    select
        dimension,
        segment_code,
        feature,
        count_known,
        count_all_known - count_known as count_others,
        total,
        all_total,
        (
            min(feature_value) filter (where 2 * count_here_up_to >= count_known)
            + min(feature_value) filter (where 2 * count_here_up_to > count_known)
        ) / 2 as segment_median,
        cast(sum(count_here * others_tied) as double) as tied_pairs,
        cast(sum(count_here * twice_others_below) as double) as twice_wins,
        cast(sum(count_here * twice_others_below * twice_others_below) as double)
            as twice_wins_squared,
        cast(
            sum(
                others_tied * twice_here_below_tied * twice_here_below_tied
                + others_between * twice_here_below_between * twice_here_below_between
            ) as double
        ) as twice_losses_squared
    from counted
    group by
        dimension, segment_code, feature, count_known, count_all_known, total, all_total

),

sized as (

    select
        summed.*,
        everyone_halved.everyone_median,
        cast(summed.count_known as double) as own,
        nullif(cast(summed.count_others as double), 0) as rest
    from summed
    inner join everyone_halved
        on summed.feature = everyone_halved.feature

),

-- for a customer, d_i. is twice_wins / rest - 1 and d_.j is 1 - twice_losses / own
compared as (

    select
        *,
        twice_wins / (own * rest) - 1 as delta,
        twice_wins_squared / (rest * rest) - 2 * twice_wins / rest + own
            as own_squares,
        rest - 2 * (2 * own * rest - twice_wins) / own
        + twice_losses_squared / (own * own) as others_squares
    from sized

),

judged as (

    select
        *,
        {{ cliff_variance(
            'delta', 'own', 'rest', 'own_squares', 'others_squares',
            'own * rest - tied_pairs'
        ) }} as variance
    from compared

)

select
    dimension,
    segment_code,
    feature,
    count_known,
    count_others,
    cast(total as double) / count_known as segment_mean,
    cast(all_total - total as double) / nullif(count_others, 0) as others_mean,
    segment_median,
    everyone_median,
    delta as effect_size,
    {{ cliff_bound('delta', 'variance', 'least(own, rest)', -1) }} as effect_lower,
    {{ cliff_bound('delta', 'variance', 'least(own, rest)', 1) }} as effect_upper
from judged
