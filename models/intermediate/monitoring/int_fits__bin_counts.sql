-- noqa: disable=LT02
-- How many customers lie in each bin of what a fit learned from: today, and at the
-- anchors that the fit has stored. Most features grow with tenure, so bands of tenure
-- are apart.
{%- set numbers = range(1, 11) %}
{%- set bins = ['count_missing', 'count_least'] %}
{%- for k in numbers %}{% do bins.append('count_' ~ k) %}{% endfor %}
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

    {{ scores_of_today() }}

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

-- edges are values of customers: rounded, since the same score may differ in its last
-- digit from what the fit saw
binned as (

    select
        feature_bins.fit_id,
        feature_bins.feature,
        observed.anchor_date,
        observed.tenure_band,
        case
            when observed.observed_value is null then 'count_missing'
            when round(observed.observed_value, 9) <= round(feature_bins.least_value, 9)
                then 'count_least'
            else
                'count_' || cast(
                    1
                    {%- for k in range(1, 10) %}
                    + case
                        when
                            round(observed.observed_value, 9)
                            > round(feature_bins.edge_{{ k }}, 9)
                            then 1
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

)

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
