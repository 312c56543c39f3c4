{{ config(pre_hook="{{ forget_stale_history(
    ['input_checksum', 'cluster_fit_id'], 'int_history_anchors__clusters'
) }}") }}

-- The cluster of each customer at each anchor, by the fit that served then, and by the
-- fit that served at the previous anchor.
{%- set features = history_features() %}
{%- set categories = history_categories() %}
{%- set likelihood = 'exp((best.score - prototype.score) / (2 * dispersion))' %}
with

anchors as {{ new_history_anchors('int_history_anchors__clusters') }},

fits as (

    select * from {{ ref('int_cluster_fits') }}
    where is_able

),

customers as (

    select
        features.customer_id,
        features.anchor_date,
        features.input_checksum,
        {% for category in categories -%}
        coalesce(features.{{ category }}, '') as {{ category }},
        {% endfor -%}
        {% for feature in features -%}
        {{ transformed('log1p', 'coalesce(features.' ~ feature ~ ', 0)') }}
            as {{ feature }}_log,
        {% endfor -%}
        anchors.cluster_fit_id,
        case
            when anchors.previous_cluster_fit_id <> anchors.cluster_fit_id
                then anchors.previous_cluster_fit_id
        end as other_fit_id,
        anchors.previous_cluster_fit_id is not null as has_fit_before
    from {{ ref('int_customers__history_features') }} as features
    inner join anchors
        on features.anchor_date = anchors.anchor_date
    where features.count_orders > 0

),

prototype_rows as (

    select * from {{ ref('int_cluster_fits__prototypes') }}

),

prototypes as (

    select
        fit_id,
        cluster_id,
        prototype_id,
        {% for feature in features -%}
        coalesce(max(
            case when feature = '{{ feature }}' then sqrt(weight) / feature_scale end
        ), 0) as {{ feature }}_slope,
        coalesce(max(
            case
                when feature = '{{ feature }}'
                    then sqrt(weight) * (feature_mean / feature_scale + centre)
            end
        ), 0) as {{ feature }}_shift,
        {% endfor -%}
        prototype_offset
    from prototype_rows
    group by fit_id, cluster_id, prototype_id, prototype_offset

),

combinations as (

    select distinct
        {{ categories | join(', ') }}
    from customers

),

-- what categories add to the score, for each combination that occurs
category_distances as (

    select
        prototype_rows.fit_id,
        prototype_rows.prototype_id,
        {% for category in categories -%}
        combinations.{{ category }},
        {% endfor -%}
        sum(
            prototype_rows.weight * power(
                case
                    {% for category in categories -%}
                    when
                        prototype_rows.feature = '{{ category }}'
                        and prototype_rows.category = combinations.{{ category }}
                        then 1
                    {% endfor -%}
                    else 0
                end - prototype_rows.centre,
                2
            )
        ) filter (where prototype_rows.category is not null) as category_distance
    from prototype_rows
    cross join combinations
    group by
        {% for category in categories -%}
        combinations.{{ category }},
        {% endfor -%}
        prototype_rows.fit_id,
        prototype_rows.prototype_id

),

rules as (

    select
        prototypes.fit_id,
        fits.dispersion,
        fits.max_distance,
        {% for category in categories -%}
        category_distances.{{ category }},
        {% endfor -%}
        {%- set fields = {
            'prototype_id': 'prototypes.prototype_id',
            'cluster_id': 'prototypes.cluster_id',
            'prototype_offset': 'prototypes.prototype_offset',
            'category_distance': 'coalesce(category_distances.category_distance, 0)',
        } -%}
        {%- for feature in features -%}
        {%- do fields.update({
            feature ~ '_slope': 'prototypes.' ~ feature ~ '_slope',
            feature ~ '_shift': 'prototypes.' ~ feature ~ '_shift',
        }) -%}
        {%- endfor %}
        {{ sorted_list_of(struct_of(fields)) }} as prototypes
    from prototypes
    inner join category_distances
        on
            prototypes.fit_id = category_distances.fit_id
            and prototypes.prototype_id = category_distances.prototype_id
    inner join fits
        on prototypes.fit_id = fits.fit_id
    group by
        {% for category in categories -%}
        category_distances.{{ category }},
        {% endfor -%}
        prototypes.fit_id,
        fits.dispersion,
        fits.max_distance

),

scored as (

    select
        customers.customer_id,
        customers.anchor_date,
        customers.input_checksum,
        customers.cluster_fit_id,
        customers.other_fit_id,
        customers.has_fit_before,
        rules.dispersion,
        rules.max_distance,
        other_rules.max_distance as other_max_distance,
        {{ prototype_scores('rules.prototypes', features) }} as scores,
        {{ prototype_scores('other_rules.prototypes', features) }} as other_scores
    from customers
    {% for rules, fit in {
        'rules': 'cluster_fit_id', 'other_rules': 'other_fit_id'
    }.items() -%}
    left join rules as {{ rules }}
        on
            customers.{{ fit }} = {{ rules }}.fit_id
            {% for category in categories -%}
            and customers.{{ category }} = {{ rules }}.{{ category }}
            {% endfor -%}
    {% endfor %}

),

nearest as (

    select
        *,
        {{ least_of('scores') }} as best,
        {{ least_of('other_scores') }} as other_best
    from scored

),

assigned as (

    select
        *,
        case when best.score > max_distance then 0 else best.cluster_id end
            as cluster_id,
        case
            when other_best.score > other_max_distance then 0
            else other_best.cluster_id
        end as other_cluster_id
    from nearest

)

select
    ---------- ids
    customer_id,
    anchor_date,
    cluster_fit_id,
    cluster_id,
    case
        when other_fit_id is not null then other_cluster_id
        when has_fit_before then cluster_id
    end as cluster_id_at_previous_fit,

    ---------- strings
    input_checksum,

    ---------- numerics
    sqrt(greatest(best.score - best.prototype_offset, 0)) as cluster_distance,
    case
        when cluster_id > 0
            then
                {{ total_of(each_of('scores', 'prototype',
                    'case when prototype.cluster_id = cluster_id then '
                    ~ likelihood ~ ' else 0 end'
                )) }}
                / {{ total_of(each_of('scores', 'prototype', likelihood)) }}
    end as cluster_confidence
from assigned
