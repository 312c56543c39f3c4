{#- From counts to rates, their ratios and a verdict: the one place of the formulas.
    docs/methods/fairness.md explains them. Returns a query.

    counts: a relation with audience_kind, audience, attribute, group_name,
            count_customers, count_selected, and of a past day whose outcomes are known
            count_judged, count_judged_selected, count_outcomes, count_selected_outcomes,
            mean_predicted, mean_observed
    least:  the number of customers from which on a group is judged -#}
{% macro fairness_of(counts, least) -%}
{%- set rates = {
    'true_positive': ('count_selected_outcomes', 'count_outcomes'),
    'false_positive': (
        'count_judged_selected - {0}count_selected_outcomes',
        'count_judged - {0}count_outcomes',
    ),
} -%}
with

known as (

    select
        *,
        count_customers < {{ least }} as too_few_to_judge,
        count_customers >= {{ least }} and group_name <> 'unknown' as is_judged,
        cast(count_selected as double) / nullif(count_customers, 0) as selection_rate
    from {{ counts }}

),

-- the group that is selected most often, among those that are judged
favoured as (

    select
        *,
        count(*) over (partition by audience_kind, audience, attribute) - 1
            as count_comparisons
    from known
    where is_judged
    qualify row_number() over (
        partition by audience_kind, audience, attribute
        order by selection_rate desc, count_customers desc, group_name
    ) = 1

),

compared as (

    select
        known.*,
        favoured.group_name as most_favoured_group,
        favoured.count_comparisons,
        known.selection_rate / nullif(favoured.selection_rate, 0) as any_ratio,
        favoured.selection_rate as favoured_rate,
        -- all groups of an attribute at once: Bonferroni
        {% for side in ['lower', 'upper'] -%}
        {% set z = normal_quantile('2.5e-2 / greatest(favoured.count_comparisons, 1)') -%}
        {{ (ratio_lower if side == 'lower' else ratio_upper)(
            'known.count_selected', 'known.count_customers',
            'favoured.count_selected', 'favoured.count_customers', z
        ) }} as any_ratio_{{ side }},
        {% endfor -%}
        {% for rate, (hits, cases) in rates.items() -%}
        {% set mine = ['known.' ~ hits.format('known.'), 'known.' ~ cases.format('known.')] -%}
        {% set theirs = [
            'favoured.' ~ hits.format('favoured.'), 'favoured.' ~ cases.format('favoured.')
        ] -%}
        cast({{ mine[0] }} as double) / nullif({{ mine[1] }}, 0) as {{ rate }}_rate,
        cast({{ mine[0] }} as double) / nullif({{ mine[1] }}, 0)
        - cast({{ theirs[0] }} as double) / nullif({{ theirs[1] }}, 0) as {{ rate }}_gap,
        {% for side in ['lower', 'upper'] -%}
        {{ (newcombe_lower if side == 'lower' else newcombe_upper)(
            '(' ~ mine[0] ~ ')', '(' ~ mine[1] ~ ')', '(' ~ theirs[0] ~ ')',
            '(' ~ theirs[1] ~ ')'
        ) }} as {{ rate }}_gap_{{ side }},
        {% endfor -%}
        {% endfor -%}
        known.is_judged and known.group_name <> favoured.group_name
        and favoured.selection_rate > 0 as is_compared
    from known
    left join favoured
        on
            known.audience_kind = favoured.audience_kind
            and known.audience = favoured.audience
            and known.attribute = favoured.attribute

)

select
    *,
    case when is_compared then any_ratio end as selection_ratio,
    case when is_compared then any_ratio_lower end as selection_ratio_lower,
    case when is_compared then any_ratio_upper end as selection_ratio_upper,
    case
        when group_name = 'unknown' then 'not a group'
        when too_few_to_judge then 'too few to judge'
        when count_comparisons = 0 then 'nothing to compare with'
        when favoured_rate = 0 then 'nobody is selected'
        when group_name = most_favoured_group then 'most favoured'
        when any_ratio_upper < 0.8 then 'fails'
        when any_ratio_lower >= 0.8 then 'passes'
        else 'cannot be told apart from .8'
    end as verdict,
    mean_predicted - mean_observed as calibration_gap
from compared
{%- endmacro %}
