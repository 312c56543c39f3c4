{{ config(materialized='view') }}

-- noqa: disable=LT02
-- The population stability index of each feature: as customers are, and as customers of
-- today's tenures would have been.
{%- set numbers = range(1, 11) %}
{%- set bins = ['count_missing', 'count_least'] %}
{%- for k in numbers %}{% do bins.append('count_' ~ k) %}{% endfor %}
with

counted as (

    select * from {{ ref('int_fits__bin_counts') }}

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

shares as (

    select
        fit_id,
        feature,
        bin,
        1e0 * sum(count_now) / nullif(sum(sum(count_now)) over by_feature, 0)
            as share_now,
        1e0 * sum(count_learned) / nullif(sum(sum(count_learned)) over by_feature, 0)
            as share_learned,
        1e0 * sum(case when band_learned >= 20 then count_now else 0 end)
        / nullif(
            sum(sum(case when band_learned >= 20 then count_now else 0 end))
                over by_feature, 0
        ) as comparable_now,
        cast(sum(
            case
                when band_learned >= 20
                    then cast(
                        1e0 * band_now * count_learned / band_learned as decimal(28, 6)
                    )
                else 0
            end
        ) as double) / nullif(
            sum(sum(
                case
                    when band_learned >= 20
                        then cast(
                            1e0 * band_now * count_learned / band_learned
                            as decimal(28, 6)
                        )
                    else 0
                end
            )) over by_feature, 0
        ) as comparable_learned
    from bin_shares
    group by fit_id, feature, bin
    window by_feature as (partition by fit_id, feature)

)

select
    fit_id,
    feature,
    {% for before, now in {
        'share_learned': 'share_now', 'comparable_learned': 'comparable_now'
    }.items() -%}
    round(sum(
        (greatest({{ now }}, 0.0001) - greatest({{ before }}, 0.0001))
        * ln(greatest({{ now }}, 0.0001) / greatest({{ before }}, 0.0001))
    ), 9) as {{ 'raw' if before == 'share_learned' else 'comparable' }}_index
    {{- ',' if not loop.last }}
    {% endfor %}
from shares
group by fit_id, feature
