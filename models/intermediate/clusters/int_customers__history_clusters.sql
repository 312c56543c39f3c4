{{ config(pre_hook="{{ forget_stale_history(
    ['input_checksum', 'cluster_fit_id'], 'int_history_anchors__clusters'
) }}") }}

-- The cluster of each customer at each anchor, by the fit that served then, and by the
-- fit that served at the previous anchor. Where the two differ, the features of the
-- previous anchor are placed by the fit of this one, too.
{%- set features = features_of_cluster_fits() %}
{%- set categories = history_categories() %}
{%- set known_categories = [] %}
{%- for category in categories %}
{%- do known_categories.append("coalesce(" ~ category ~ ", '') as " ~ category) %}
{%- endfor %}
{%- set sides = {'': 'features', 'earlier_': 'earlier_features'} %}
{%- set placements = {
    'own_': ['cluster_fit_id', ''],
    'other_': ['other_fit_id', ''],
    'earlier_': ['earlier_features_fit_id', 'earlier_'],
} %}
{%- set likelihood = 'exp((own_best.score - prototype.score) / (2 * dispersion))' %}
with

anchors as {{ new_history_anchors('int_history_anchors__clusters') }},

fits as (

    select * from {{ ref('int_cluster_fits') }}
    where is_able

),

-- of those who were customers before a fit began to serve
earlier_features as (

    select
        features.*,
        anchors.anchor_date as next_anchor_date
    from {{ ref('int_customers__history_features') }} as features
    inner join anchors
        on features.anchor_date = anchors.previous_anchor_date
    where
        features.count_orders > 0
        and anchors.cluster_fit_id <> coalesce(anchors.previous_cluster_fit_id, '')

),

customers as (

    select
        features.customer_id,
        features.anchor_date,
        features.input_checksum,
        {% for prefix, relation in sides.items() -%}
        {% for category in categories -%}
        coalesce({{ relation }}.{{ category }}, '') as {{ prefix }}{{ category }},
        {% endfor -%}
        {% for feature in features -%}
        {{ transformed('log1p', 'coalesce(' ~ relation ~ '.' ~ feature ~ ', 0)') }}
            as {{ prefix }}{{ feature }}_log,
        {% endfor -%}
        {% endfor -%}
        anchors.cluster_fit_id,
        case
            when anchors.previous_cluster_fit_id <> anchors.cluster_fit_id
                then anchors.previous_cluster_fit_id
        end as other_fit_id,
        case
            when earlier_features.customer_id is not null then anchors.cluster_fit_id
        end as earlier_features_fit_id,
        anchors.previous_cluster_fit_id is not null as has_fit_before
    from {{ ref('int_customers__history_features') }} as features
    inner join anchors
        on features.anchor_date = anchors.anchor_date
    left join earlier_features
        on
            features.customer_id = earlier_features.customer_id
            and features.anchor_date = earlier_features.next_anchor_date
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
        {{ known_categories | join(', ') }}
    from {{ ref('int_customers__history_features') }}

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
        customers.earlier_features_fit_id,
        customers.has_fit_before,
        own_rules.dispersion,
        {% for name, (fit, side) in placements.items() -%}
        {{ name }}rules.max_distance as {{ name }}max_distance,
        {% set prototypes = name ~ 'rules.prototypes' -%}
        {{ prototype_scores(prototypes, features, side) }} as {{ name }}scores
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from customers
    {% for name, (fit, side) in placements.items() -%}
    left join rules as {{ name }}rules
        on
            customers.{{ fit }} = {{ name }}rules.fit_id
            {% for category in categories -%}
            and {{ 'customers.' ~ side ~ category }} = {{ name }}rules.{{ category }}
            {% endfor -%}
    {% endfor %}

),

nearest as (

    select
        *,
        {% for name in placements -%}
        {{ least_of(name ~ 'scores') }} as {{ name }}best
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from scored

),

assigned as (

    select
        *,
        {% for name in placements -%}
        case
            when {{ name }}best.score > {{ name }}max_distance then 0
            else {{ name }}best.cluster_id
        end as {{ name }}cluster_id
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from nearest

)

select
    ---------- ids
    customer_id,
    anchor_date,
    cluster_fit_id,
    own_cluster_id as cluster_id,
    case
        when other_fit_id is not null then other_cluster_id
        when has_fit_before then own_cluster_id
    end as cluster_id_at_previous_fit,
    case
        when earlier_features_fit_id is not null then earlier_cluster_id
    end as cluster_id_of_earlier_features,

    ---------- strings
    input_checksum,

    ---------- numerics
    -- the digits that anyone may read: all others take two thirds of the space
    round(sqrt(greatest(own_best.score - own_best.prototype_offset, 0)), 6)
        as cluster_distance,
    case
        when own_cluster_id > 0
            then round(
                {{ total_of(each_of('own_scores', 'prototype',
                    'case when prototype.cluster_id = own_cluster_id then '
                    ~ likelihood ~ ' else 0 end'
                )) }}
                / {{ total_of(each_of('own_scores', 'prototype', likelihood)) }}, 6
            )
    end as cluster_confidence
from assigned
