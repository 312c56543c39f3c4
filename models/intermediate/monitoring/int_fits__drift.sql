-- Customers of today beside those a fit has seen, for every feature it reads and for its
-- score. Customers are compared within bands of tenure, since most features grow with
-- it; and with the same season a year ago, if that is stored. What anchors as far apart
-- usually differ by, beyond chance, is taken into account.
{%- set numbers = range(1, 11) %}
{%- set bins = ['count_missing', 'count_least'] %}
{%- for k in numbers %}{% do bins.append('count_' ~ k) %}{% endfor %}
{%- set tolerance = [setting('anchor_step_days') // 2, 46] | min %}
with

serving as (

    select * from {{ ref('int_fits__serving') }}
    where champion <> 'none'

),

feature_bins as (

    select
        fit_id,
        target,
        {{ rows_of('feature_bins') }}
    from serving

),

stored as (

    select
        fit_id,
        {{ rows_of('feature_counts') }}
    from serving

),

customers as (

    select
        *,
        {{ tenure_band('days_since_first_order') }} as tenure_band
    from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0 and is_sampled

),

scores as (

    {% for scores in [
        'int_customers__learned_purchase_probabilities',
        'int_customers__response_probabilities',
    ] -%}
    select
        customer_id,
        target,
        probability as score
    from {{ ref(scores) }}
    union all
    {% endfor -%}
    select
        customer_id,
        target,
        expected_net_amount as score
    from {{ ref('ml_customers__amounts') }}

),

-- features are the same for all targets, scores are not
observed as (

    {% for feature in watched_features() -%}
    select
        anchor_date,
        tenure_band,
        '{{ feature }}' as feature,
        cast(null as {{ dbt.type_string() }}) as target,
        cast({{ feature }} as double) as observed_value
    from customers
    union all
    {% endfor -%}
    select
        customers.anchor_date,
        customers.tenure_band,
        '(score)' as feature,
        scores.target,
        scores.score as observed_value
    from customers
    inner join scores
        on customers.customer_id = scores.customer_id

),

binned as (

    select
        feature_bins.fit_id,
        feature_bins.feature,
        observed.anchor_date,
        observed.tenure_band,
        case
            when observed.observed_value is null then 'count_missing'
            when observed.observed_value <= feature_bins.least_value then 'count_least'
            else
                'count_' || cast(
                    1
                    {%- for k in range(1, 10) %}
                    + case
                        when observed.observed_value > feature_bins.edge_{{ k }} then 1
                        else 0
                    end
                    {%- endfor %}
                    as {{ dbt.type_string() }}
                )
        end as bin
    from observed
    inner join feature_bins
        on
            observed.feature = feature_bins.feature
            and coalesce(observed.target, feature_bins.target) = feature_bins.target

),

counted as (

    select
        fit_id,
        feature,
        anchor_date,
        tenure_band,
        false as is_learned,
        true as is_now,
        {% for bin in bins -%}
        sum(case when bin = '{{ bin }}' then 1 else 0 end) as {{ bin }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from binned
    group by fit_id, feature, anchor_date, tenure_band
    union all
    select
        fit_id,
        feature,
        anchor_date,
        tenure_band,
        is_learned,
        false as is_now,
        {{ bins | join(',\n        ') }}
    from stored

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
        0
        {%- for k in numbers %}
        + {{ ((k - 0.5) / 10) ** power | round(4) }} * count_{{ k }}
        {%- endfor %} as sum_ranks_{{ power }},
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
        {{ dbt.datediff('earlier.anchor_date', 'later.anchor_date', 'day') }} as days
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
        round(days / 365.0) >= 1
        and abs(days - 365 * round(days / 365.0)) <= {{ tolerance }} as is_same_season
    from distances
    where is_now
    qualify row_number() over (
        partition by fit_id
        order by
            case
                when
                    round(days / 365.0) >= 1
                    and abs(days - 365 * round(days / 365.0)) <= {{ tolerance }}
                    then round(days / 365.0)
                else 1000
            end asc,
            abs(days - 365 * round(days / 365.0)) asc,
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
        1.0 * later.count_low / later.count_customers as share,
        1.0 * earlier.count_low / earlier.count_customers as earlier_share,
        1.0 * (later.count_low + earlier.count_low)
        / (later.count_customers + earlier.count_customers) as shared_share,
        1.0 / later.count_customers
        + 1.0 / earlier.count_customers as share_precision,
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
        sum(count_customers * (share - earlier_share)) / sum(count_customers)
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
        ) * (1 + 1.0 / count_past) as {{ part }}_spread{{ ',' if not loop.last }}
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

),

bin_counts as (

    {% for bin in bins -%}
    select
        fit_id,
        feature,
        tenure_band,
        is_now,
        is_learned,
        '{{ bin }}' as bin,
        {{ bin }} as count_customers
    from counted
    where is_now or is_learned
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

bin_totals as (

    select
        fit_id,
        feature,
        tenure_band,
        bin,
        sum(case when is_now then count_customers else 0 end) as count_now,
        sum(case when is_learned then count_customers else 0 end) as count_learned
    from bin_counts
    group by fit_id, feature, tenure_band, bin

),

bin_shares as (

    select
        *,
        sum(count_now) over (partition by fit_id, feature, tenure_band) as band_now,
        sum(count_learned) over (partition by fit_id, feature, tenure_band)
            as band_learned
    from bin_totals

),

-- as it is, and as customers of today's tenures would have been
shares as (

    select
        fit_id,
        feature,
        bin,
        1.0 * sum(count_now) / nullif(sum(sum(count_now)) over by_feature, 0)
            as share_now,
        1.0 * sum(count_learned) / nullif(sum(sum(count_learned)) over by_feature, 0)
            as share_learned,
        1.0 * sum(case when band_learned >= 20 then count_now else 0 end)
        / nullif(
            sum(sum(case when band_learned >= 20 then count_now else 0 end))
                over by_feature, 0
        ) as comparable_now,
        sum(
            case
                when band_learned >= 20
                    then cast(
                        1.0 * band_now * count_learned / band_learned as decimal(28, 6)
                    )
                else 0
            end
        ) / nullif(
            sum(sum(
                case
                    when band_learned >= 20
                        then cast(
                            1.0 * band_now * count_learned / band_learned
                            as decimal(28, 6)
                        )
                    else 0
                end
            )) over by_feature, 0
        ) as comparable_learned
    from bin_shares
    group by fit_id, feature, bin
    window by_feature as (partition by fit_id, feature)

),

indices as (

    select
        fit_id,
        feature,
        {% for before, now in {
            'share_learned': 'share_now', 'comparable_learned': 'comparable_now'
        }.items() -%}
        sum(
            (greatest({{ now }}, 0.0001) - greatest({{ before }}, 0.0001))
            * ln(greatest({{ now }}, 0.0001) / greatest({{ before }}, 0.0001))
        ) as {{ 'raw' if before == 'share_learned' else 'comparable' }}_index
        {{- ',' if not loop.last }}
        {% endfor %}
    from shares
    group by fit_id, feature

),

-- what it costs: the backtest with the scores of today. Its rates by score are kept, its
-- customers weighted by how many have such a score now (Shimodaira 2000)
calibration as (

    select
        fit_id,
        target,
        champion,
        {{ rows_of('calibration') }}
    from serving

),

backtest as (

    select * from calibration
    where candidate = champion and is_calibrated
    qualify dense_rank() over (partition by fit_id order by origin_date desc) = 1

),

backtest_bins as (

    select
        fit_id,
        target,
        bin,
        count_customers,
        observed_rate,
        least(greatest(mean_predicted, 0.000001), 0.999999) as mean_predicted,
        lowest_predicted,
        row_number() over (partition by fit_id order by bin) as place,
        lead(lowest_predicted) over (partition by fit_id order by bin)
            as next_lowest
    from backtest

),

bins_now as (

    select
        backtest_bins.fit_id,
        backtest_bins.bin,
        count(*) as count_now
    from scores
    inner join backtest_bins
        on
            scores.target = backtest_bins.target
            and (
                scores.score >= backtest_bins.lowest_predicted or backtest_bins.place = 1
            )
            and scores.score < coalesce(backtest_bins.next_lowest, 2)
    group by backtest_bins.fit_id, backtest_bins.bin

),

weighted as (

    select
        backtest_bins.*,
        1.0 * backtest_bins.count_customers
        / sum(backtest_bins.count_customers) over (partition by backtest_bins.fit_id)
            as share_then,
        1.0 * coalesce(bins_now.count_now, 0)
        / nullif(sum(bins_now.count_now) over (partition by backtest_bins.fit_id), 0)
            as share_now,
        -backtest_bins.observed_rate * ln(backtest_bins.mean_predicted)
        - (1 - backtest_bins.observed_rate) * ln(1 - backtest_bins.mean_predicted)
            as log_loss
    from backtest_bins
    left join bins_now
        on
            backtest_bins.fit_id = bins_now.fit_id
            and backtest_bins.bin = bins_now.bin

),

below as (

    select
        *,
        {% for time in ['then', 'now'] -%}
        sum(share_{{ time }} * (1 - observed_rate)) over (
            partition by fit_id order by bin
            rows between unbounded preceding and current row
        ) - share_{{ time }} * (1 - observed_rate) / 2 as negatives_{{ time }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from weighted

),

costs as (

    select
        fit_id,
        sum((share_now - share_then) * log_loss) as expected_log_loss_change,
        {% for time in ['now', 'then'] -%}
        sum(share_{{ time }} * observed_rate * negatives_{{ time }})
        / nullif(
            sum(share_{{ time }} * observed_rate)
            * sum(share_{{ time }} * (1 - observed_rate)), 0
        ) {{ '-' if not loop.last else 'as expected_auc_change,' }}
        {% endfor -%}
        sum((share_now - share_then) * (mean_predicted - observed_rate))
            as expected_gap_change
    from below
    group by fit_id

),

scoring as (

    select anchor_date from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

)

select
    ---------- ids
    serving.fit_id || ':' || indices.feature as drift_id,
    serving.fit_id,

    ---------- strings
    serving.target as model_name,
    indices.feature,
    case
        when adjusted.feature is null then 'cannot be told'
        when
            adjusted.adjusted_p_value < 0.01
            and greatest(
                abs(coalesce(adjusted.share_difference, 0)),
                abs(coalesce(adjusted.rank_difference, 0))
            ) >= 0.02
            then 'shifted'
        else 'as usual'
    end as verdict,

    ---------- numerics
    round(indices.raw_index, 6) as population_stability_index,
    round(indices.comparable_index, 6) as comparable_stability_index,
    round(adjusted.share_difference, 6) as share_difference,
    round(adjusted.rank_difference, 6) as rank_difference,
    round(adjusted.p_value, 9) as p_value,
    round(adjusted.adjusted_p_value, 9) as adjusted_p_value,
    adjusted.count_compared as count_customers,
    coalesce(adjusted.count_past, 0) as count_past_differences,
    {% for change in ['auc', 'log_loss', 'gap'] -%}
    case
        when indices.feature = '(score)'
            then round(costs.expected_{{ change }}_change, 6)
    end as expected_{{ change }}_change,
    {% endfor -%}
    {{ dbt.datediff('serving.fit_date', 'scoring.anchor_date', 'day') }} as fit_age_days,

    ---------- booleans
    lags.is_same_season,

    ---------- dates
    lags.compared_with as compared_with_date,
    serving.fit_date,
    scoring.anchor_date as as_of_date
from indices
inner join serving
    on indices.fit_id = serving.fit_id
cross join scoring
left join adjusted
    on
        indices.fit_id = adjusted.fit_id
        and indices.feature = adjusted.feature
left join lags
    on indices.fit_id = lags.fit_id
left join costs
    on indices.fit_id = costs.fit_id
