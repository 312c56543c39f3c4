{{ config(pre_hook="{{ forget_stale_history(
    ['input_checksum', 'cluster_fit_id'], 'int_history_anchors__clusters'
) }}") }}

-- The cluster of each customer at each anchor, by the fit that served then, and by the
-- fit that served at the previous anchor. Where the two differ, the features of the
-- previous anchor are placed by the fit of this one, too.
{%- set features = features_of_cluster_fits() %}
{%- set categories = history_categories() %}
{%- set likelihood = 'exp((best.score - prototype.score) / (2 * dispersion))' %}
with

anchors as {{ new_history_anchors('int_history_anchors__clusters') }},

fits as (

    select * from {{ ref('int_cluster_fits') }}
    where is_able

),

placements as (

    select
        anchor_date,
        anchor_date as features_date,
        cluster_fit_id,
        case
            when previous_cluster_fit_id <> cluster_fit_id then previous_cluster_fit_id
        end as other_fit_id,
        previous_cluster_fit_id is not null as has_fit_before,
        false as is_of_earlier_features
    from anchors

    union all

    select
        anchor_date,
        previous_anchor_date as features_date,
        cluster_fit_id,
        cast(null as {{ dbt.type_string() }}) as other_fit_id,
        false as has_fit_before,
        true as is_of_earlier_features
    from anchors
    where cluster_fit_id <> coalesce(previous_cluster_fit_id, '')

),

customers as (

    select
        features.customer_id,
        placements.anchor_date,
        features.input_checksum,
        {% for category in categories -%}
        coalesce(features.{{ category }}, '') as {{ category }},
        {% endfor -%}
        {% for feature in features -%}
        {{ transformed('log1p', 'coalesce(features.' ~ feature ~ ', 0)') }}
            as {{ feature }}_log,
        {% endfor -%}
        placements.cluster_fit_id,
        placements.other_fit_id,
        placements.has_fit_before,
        placements.is_of_earlier_features
    from {{ ref('int_customers__history_features') }} as features
    inner join placements
        on features.anchor_date = placements.features_date
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
        customers.is_of_earlier_features,
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

),

placed as (

    select
        *,
        case
            when other_fit_id is not null then other_cluster_id
            when has_fit_before then cluster_id
        end as cluster_id_at_previous_fit,
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
    where not is_of_earlier_features

),

earlier as (

    select
        customer_id,
        anchor_date,
        cluster_id
    from assigned
    where is_of_earlier_features

)

select
    ---------- ids
    placed.customer_id,
    placed.anchor_date,
    placed.cluster_fit_id,
    placed.cluster_id,
    placed.cluster_id_at_previous_fit,
    earlier.cluster_id as cluster_id_of_earlier_features,

    ---------- strings
    placed.input_checksum,

    ---------- numerics
    placed.cluster_distance,
    placed.cluster_confidence
from placed
left join earlier
    on
        placed.customer_id = earlier.customer_id
        and placed.anchor_date = earlier.anchor_date
