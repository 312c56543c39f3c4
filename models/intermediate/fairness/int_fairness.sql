-- Who is selected, by group: of models the top share of those scored today, of lists
-- those on them. What came of it is known of a past day alone.
{%- set attributes = protected_attributes() %}
{%- set share = setting('fairness_selected_share') %}
with

people as (

    select * from {{ ref('int_fairness__people') }}

),

scoring as (

    select anchor_date from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

),

scores as (

    {% for scored, score in {
        'int_customers__learned_purchase_probabilities': 'probability',
        'int_customers__response_probabilities': 'probability',
        'int_customers__spend': 'levelled_net_amount',
    }.items() -%}
    select
        target,
        fit_id,
        customer_id,
        {{ score }} as score
    from {{ ref(scored) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- of equals on the cut those whose hashed ids come first, as segmentation.learning.groups
-- takes them: ids may follow age or country
ranked as (

    select
        *,
        row_number() over (
            partition by target order by score desc, md5(customer_id) asc, customer_id asc
        ) as place,
        count(*) over (partition by target) as count_scored
    from scores

),

buyers as (

    select
        customer_id,
        anchor_date
    from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

addressable as (

    select customer_id from buyers
    where {{ is_contactable('buyers.customer_id', 'buyers.anchor_date') }}

),

{% for entry in activation_lists() -%}
listed_{{ loop.index }} as (

    select distinct
        {{ entry.list_id }} as list_id,
        customer_id
    from {{ ref(entry.list) }}

),

lists_{{ loop.index }} as (

    select distinct list_id from listed_{{ loop.index }}

),

{% endfor -%}
selections as (

    select
        'model' as audience_kind,
        target as audience,
        fit_id,
        customer_id,
        place <= {{ share }} * count_scored + 1e-9 as is_selected
    from ranked
    {%- for entry in activation_lists() %}
    union all
    select
        'list' as audience_kind,
        lists_{{ loop.index }}.list_id as audience,
        cast(null as {{ dbt.type_string() }}) as fit_id,
        addressable.customer_id,
        listed_{{ loop.index }}.customer_id is not null as is_selected
    from lists_{{ loop.index }}
    cross join addressable
    left join listed_{{ loop.index }}
        on
            lists_{{ loop.index }}.list_id = listed_{{ loop.index }}.list_id
            and addressable.customer_id = listed_{{ loop.index }}.customer_id
    {%- if entry.left_out %}
    left join {{ ref(entry.left_out) }} as left_out_{{ loop.index }}
        on
            lists_{{ loop.index }}.list_id = left_out_{{ loop.index }}.list_id
            and addressable.customer_id = left_out_{{ loop.index }}.customer_id
    where left_out_{{ loop.index }}.customer_id is null
    {%- endif %}
    {%- endfor %}

),

cells as (

    select
        selections.audience_kind,
        selections.audience,
        selections.fit_id,
        {% for name in attributes -%}
        people.{{ name }},
        {% endfor -%}
        count(*) as count_customers,
        sum(case when selections.is_selected then 1 else 0 end) as count_selected
    from selections
    inner join people
        on selections.customer_id = people.customer_id
    group by
        {% for name in attributes -%}
        people.{{ name }},
        {% endfor -%}
        selections.audience_kind,
        selections.audience,
        selections.fit_id

),

today as (

    {% for name in attributes -%}
    select
        audience_kind,
        audience,
        fit_id,
        '{{ name }}' as attribute,
        {{ name }} as group_name,
        sum(count_customers) as count_customers,
        sum(count_selected) as count_selected
    from cells
    group by audience_kind, audience, fit_id, {{ name }}
    union all
    {% endfor -%}
    select
        audience_kind,
        audience,
        fit_id,
        'none' as attribute,
        'none' as group_name,
        count_customers,
        count_selected
    from cells
    where 1 = 0

),

-- an attribute of which nothing is known is none
filled as (

    select * from today
    qualify max(case when group_name <> 'unknown' then 1 else 0 end) over (
        partition by audience_kind, audience, attribute
    ) = 1

),

fits as (

    select
        target,
        {{ rows_of('groups') }}
    from {{ ref('int_fits__serving') }}

),

outcomes as (

    select
        target,
        case
            when grouping like 'protected!_%' escape '!'
                then substring(grouping, length('protected_') + 1)
            else grouping
        end as attribute,
        group_name,
        count_customers as count_judged,
        count_selected as count_judged_selected,
        count_outcomes,
        count_selected_outcomes,
        mean_predicted,
        mean_actual as mean_observed,
        origin_date
    from fits
    -- another share is measured by the next fit
    where selected_share = {{ share }} and count_selected is not null

),

counts as (

    select
        filled.*,
        outcomes.count_judged,
        outcomes.count_judged_selected,
        outcomes.count_outcomes,
        outcomes.count_selected_outcomes,
        outcomes.mean_predicted,
        outcomes.mean_observed,
        outcomes.origin_date,
        scoring.anchor_date
    from filled
    cross join scoring
    left join outcomes
        on
            filled.audience_kind = 'model'
            and filled.audience = outcomes.target
            and filled.attribute = outcomes.attribute
            and filled.group_name = outcomes.group_name

),

fairness as (

    {{ fairness_of('counts', setting('fairness_min_customers')) | indent(4) }}

)

select
    ---------- ids
    audience_kind
    || ':' || audience
    || ':' || attribute
    || ':' || group_name as fairness_id,
    fit_id,

    ---------- strings
    audience_kind,
    audience,
    attribute,
    group_name,
    most_favoured_group,
    verdict,

    ---------- numerics
    count_customers,
    count_selected,
    {% for figure in [
        'selection_rate', 'selection_ratio', 'selection_ratio_lower',
        'selection_ratio_upper', 'true_positive_rate', 'true_positive_gap',
        'true_positive_gap_lower', 'true_positive_gap_upper', 'false_positive_rate',
        'false_positive_gap', 'false_positive_gap_lower', 'false_positive_gap_upper',
        'mean_predicted', 'mean_observed', 'calibration_gap',
    ] -%}
    case when not too_few_to_judge then round({{ figure }}, 6) end as {{ figure }},
    {% endfor -%}
    count_judged,
    count_outcomes,

    ---------- booleans
    too_few_to_judge,

    ---------- dates
    anchor_date as as_of_date,
    origin_date as judged_on
from fairness
