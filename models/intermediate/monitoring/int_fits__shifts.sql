{{ config(materialized='view') }}

-- noqa: disable=LT02,LT05
-- Whether customers of today differ from those of before by more than chance and habit:
-- compared within bands of tenure, and with the same season a year ago, if that is stored.
-- What anchors as far apart usually differ by is taken into account.
{%- set numbers = range(1, 11) %}
{%- set bins = ['count_missing', 'count_least'] %}
{%- for k in numbers %}{% do bins.append('count_' ~ k) %}{% endfor %}
{%- set tolerance = [setting('anchor_step_days') // 2, 46] | min %}
with

counted as (

    select * from {{ ref('int_fits__bin_counts') }}

),

-- two figures that together tell of a distribution: who has none or the least of it, and
-- how the others rank among those learned from (Bross 1958: ridits)
summed as (

    select
        fit_id,
        feature,
        anchor_date,
        tenure_band,
        is_now,
        count_missing + count_least as count_low,
        {{ bins[2:] | join(' + ') }} as count_rest,
        {% for power in [1, 2] -%}
        cast(
            0
            {%- for k in numbers %}
            + {{ ((k - 0.5) / 10) ** power | round(4) }} * count_{{ k }}
            {%- endfor %}
            as double
        ) as sum_ranks_{{ power }},
        {% endfor -%}
        count_missing + count_least + {{ bins[2:] | join(' + ') }} as count_customers
    from counted

),

anchors as (

    select distinct
        fit_id,
        anchor_date,
        is_now
    from counted

),

distances as (

    select
        later.fit_id,
        later.anchor_date,
        later.is_now,
        earlier.anchor_date as earlier_date,
        {{ dbt.datediff('earlier.anchor_date', 'later.anchor_date', 'day') }} as days -- noqa: RF04
    from anchors as later
    inner join anchors as earlier
        on
            later.fit_id = earlier.fit_id
            and later.anchor_date > earlier.anchor_date
            and not earlier.is_now

),

-- how far back to look: to the same season, of the latest year there is, or to the
-- latest anchor
lags as (

    select
        fit_id,
        days as lag_days,
        earlier_date as compared_with,
        round(days / 365e0) >= 1
        and abs(days - 365 * round(days / 365e0)) <= {{ tolerance }} as is_same_season
    from distances
    where is_now
    qualify row_number() over (
        partition by fit_id
        order by
            case
                when
                    round(days / 365e0) >= 1
                    and abs(days - 365 * round(days / 365e0)) <= {{ tolerance }}
                    then round(days / 365e0)
                else 1000
            end asc,
            abs(days - 365 * round(days / 365e0)) asc,
            days asc
    ) = 1

),

pairs as (

    select
        distances.fit_id,
        distances.anchor_date,
        distances.earlier_date,
        distances.is_now
    from distances
    inner join lags
        on
            distances.fit_id = lags.fit_id
            and abs(distances.days - lags.lag_days) <= {{ tolerance }}
    qualify row_number() over (
        partition by distances.fit_id, distances.anchor_date, distances.is_now
        order by abs(distances.days - lags.lag_days) asc, distances.days asc
    ) = 1

),

within_bands as (

    select
        pairs.fit_id,
        later.feature,
        pairs.anchor_date,
        pairs.is_now,
        later.count_customers,
        later.count_rest,
        1e0 * later.count_low / later.count_customers as low_share,
        1e0 * earlier.count_low / earlier.count_customers as earlier_share,
        1e0 * (later.count_low + earlier.count_low)
        / (later.count_customers + earlier.count_customers) as shared_share,
        1e0 / later.count_customers
        + 1e0 / earlier.count_customers as share_precision,
        later.sum_ranks_1 / nullif(later.count_rest, 0) as mean_rank,
        earlier.sum_ranks_1 / nullif(earlier.count_rest, 0) as earlier_rank,
        (
            later.sum_ranks_2 / nullif(later.count_rest, 0)
            - power(later.sum_ranks_1 / nullif(later.count_rest, 0), 2)
        ) / nullif(later.count_rest - 1, 0)
        + (
            earlier.sum_ranks_2 / nullif(earlier.count_rest, 0)
            - power(earlier.sum_ranks_1 / nullif(earlier.count_rest, 0), 2)
        ) / nullif(earlier.count_rest - 1, 0) as rank_variance,
        later.count_rest >= 10 and earlier.count_rest >= 10 as has_ranks
    from pairs
    inner join summed as later
        on
            pairs.fit_id = later.fit_id
            and pairs.anchor_date = later.anchor_date
            and pairs.is_now = later.is_now
    inner join summed as earlier
        on
            pairs.fit_id = earlier.fit_id
            and pairs.earlier_date = earlier.anchor_date
            and not earlier.is_now
            and later.feature = earlier.feature
            and later.tenure_band = earlier.tenure_band
    where later.count_customers >= 20 and earlier.count_customers >= 20

),

-- bands weighted by their customers of the later day (van Elteren 1960)
differences as (

    select
        fit_id,
        feature,
        anchor_date,
        is_now,
        sum(count_customers) as count_compared,
        sum(count_customers * (low_share - earlier_share)) / sum(count_customers)
            as share_difference,
        sum(
            power(count_customers, 2)
            * shared_share * (1 - shared_share) * share_precision
        ) / power(sum(count_customers), 2) as share_variance,
        sum(case when has_ranks then count_rest * (mean_rank - earlier_rank) end)
        / nullif(sum(case when has_ranks then count_rest end), 0) as rank_difference,
        sum(case when has_ranks then power(count_rest, 2) * rank_variance end)
        / nullif(power(sum(case when has_ranks then count_rest end), 2), 0)
            as rank_variance
    from within_bands
    group by fit_id, feature, anchor_date, is_now

),

-- what past anchors differ by beyond chance (DerSimonian & Laird 1986). There are few of
-- them, so that a feature's own figure is drawn towards that of all (Efron & Morris 1975)
excesses as (

    select
        fit_id,
        feature,
        count(*) as count_past,
        {% for part in ['share', 'rank'] -%}
        avg(power({{ part }}_difference, 2) - {{ part }}_variance) as {{ part }}_excess
        {{- ',' if not loop.last }}
        {% endfor %}
    from differences
    where not is_now
    group by fit_id, feature

),

spreads as (

    select
        fit_id,
        feature,
        count_past,
        {% for part in ['share', 'rank'] -%}
        greatest(
            (
                count_past * coalesce({{ part }}_excess, 0)
                + 4 * coalesce(avg({{ part }}_excess) over (partition by fit_id), 0)
            ) / (count_past + 4), 0
        ) * (1 + 1e0 / count_past) as {{ part }}_spread{{ ',' if not loop.last }}
        {% endfor %}
    from excesses

),

tested as (

    select
        differences.fit_id,
        differences.feature,
        differences.count_compared,
        differences.share_difference,
        differences.rank_difference,
        spreads.count_past,
        {% for part in ['share', 'rank'] -%}
        coalesce(
            differences.{{ part }}_difference
            / nullif(sqrt(
                differences.{{ part }}_variance + coalesce(spreads.{{ part }}_spread, 0)
            ), 0), 0
        ) as {{ part }}_z{{ ',' if not loop.last }}
        {% endfor %}
    from differences
    inner join spreads
        on
            differences.fit_id = spreads.fit_id
            and differences.feature = spreads.feature
    where differences.is_now and spreads.count_past >= 3

),

-- the sum of two squared normal figures exceeds x by chance with exp(-x / 2)
ranked as (

    select
        *,
        exp(-(power(share_z, 2) + power(rank_z, 2)) / 2) as p_value,
        row_number() over (
            partition by fit_id
            order by power(share_z, 2) + power(rank_z, 2) desc, feature asc
        ) as place,
        count(*) over (partition by fit_id) as count_tests
    from tested

),

-- the share of false alarms among the alarms (Benjamini & Hochberg 1995)
adjusted as (

    select
        *,
        least(
            min(p_value * count_tests / place) over (
                partition by fit_id
                order by place desc
                rows between unbounded preceding and current row
            ), 1
        ) as adjusted_p_value
    from ranked

)

-- rounded, since sums of floating-point numbers hang on the order of rows
select
    adjusted.fit_id,
    adjusted.feature,
    adjusted.count_compared,
    adjusted.count_past,
    round(adjusted.share_difference, 9) as share_difference,
    round(adjusted.rank_difference, 9) as rank_difference,
    round(adjusted.p_value, 9) as p_value,
    round(adjusted.adjusted_p_value, 9) as adjusted_p_value,
    adjusted.adjusted_p_value < 0.01
    and greatest(
        abs(coalesce(adjusted.share_difference, 0)),
        abs(coalesce(adjusted.rank_difference, 0))
    ) >= 0.02 as is_shifted,
    lags.compared_with,
    lags.is_same_season
from adjusted
inner join lags
    on adjusted.fit_id = lags.fit_id
