{{ config(materialized='view') }}

-- Segments by rules, with all that each rule looked at. A view, since it is asked for one
-- customer at a time.
{%- set metrics = rfm_metrics() %}
{%- set dimensions = segment_dimensions() %}
{%- set values_of_rfm, cuts, clear_cuts = {}, {}, {} %}
{%- set scores, sticky_scores, earlier_scores = {}, {}, {} %}
{%- for metric, known in metrics.items() %}
{%- do values_of_rfm.update({known.feature: 'features.' ~ known.feature}) %}
{%- do scores.update({metric ~ '_score': 'segments.' ~ metric ~ '_score'}) %}
{%- do sticky_scores.update({metric ~ '_score': 'segments.sticky_' ~ metric ~ '_score'}) %}
{%- do earlier_scores.update({
    'earlier_' ~ metric ~ '_score': 'earlier.sticky_' ~ metric ~ '_score'
}) %}
{%- for cut in cut_percentiles() %}
{%- set name = metric ~ '_cut_' ~ cut %}
{%- do cuts.update({name: 'cut_points.' ~ name}) %}
{%- do clear_cuts.update({name ~ '_clear': 'cut_points.' ~ name ~ '_clear'}) %}
{%- endfor %}
{%- endfor %}
{%- set values_of_stage, bounds, tiers = {}, {}, {} %}
{%- for name in lifecycle_features() %}
{%- do values_of_stage.update({name: 'features.' ~ name}) %}
{%- endfor %}
{%- for name in lifecycle_bounds() %}
{%- do bounds.update({name: 'stages.' ~ name}) %}
{%- endfor %}
{%- for tier, cut in value_tiers().items() %}
{%- do tiers.update({tier ~ '_above': 'cut_points.year_amount_cut_' ~ cut}) %}
{%- endfor %}
{%- set decisions = {
    'rfm': {
        'outcome': 'segments.rfm_segment_code',
        'rule': 'scores by cut points, and a cell of the seed rfm_cells',
        'decided_on': values_of_rfm,
        'decided_by': dict(cuts, **dict(scores, cell='cells.segment_code')),
    },
    'rfm_sticky': {
        'outcome': 'segments.sticky_rfm_segment_code',
        'rule': 'scores that rise only when a cut point is clearly passed, and a cell of '
            ~ 'the seed rfm_cells',
        'decided_on': dict(values_of_rfm, **earlier_scores),
        'decided_by': dict(cuts, **dict(
            clear_cuts, **dict(sticky_scores, cell='sticky_cells.segment_code')
        )),
    },
    'lifecycle': {
        'outcome': 'segments.lifecycle_stage_code',
        'rule': 'ranges of the seed lifecycle_stages',
        'decided_on': values_of_stage,
        'decided_by': bounds,
    },
    'value_tier': {
        'outcome': 'segments.value_tier_code',
        'rule': 'cut points of what customers spent within 365 days',
        'decided_on': {'net_amount_365d': 'features.net_amount_365d'},
        'decided_by': tiers,
    },
} %}
with

segments as (

    select * from {{ ref('int_customers__history_segments') }}

),

features as (

    select * from {{ ref('int_customers__history_features') }}

),

anchors as (

    select * from {{ ref('int_history_anchors') }}

),

cut_points as (

    select * from {{ ref('int_history__cut_points') }}

),

cells as (

    select * from {{ ref('rfm_cells') }}

),

stages as (

    select * from {{ ref('lifecycle_stages') }}

),

decided as (

    select
        {% for name, decision in decisions.items() if name in dimensions -%}
        {{ as_json(struct_of(decision.decided_on)) }} as {{ name }}_decided_on,
        {{ as_json(struct_of(decision.decided_by)) }} as {{ name }}_decided_by,
        {{ decision.outcome }} as {{ name }}_outcome,
        {% endfor -%}
        segments.customer_id,
        segments.anchor_date,
        segments.definitions_checksum
    from segments
    inner join anchors
        on segments.anchor_date = anchors.anchor_date
    inner join features
        on
            segments.customer_id = features.customer_id
            and segments.anchor_date = features.anchor_date
    left join segments as earlier
        on
            segments.customer_id = earlier.customer_id
            and anchors.previous_anchor_date = earlier.anchor_date
            and earlier.count_orders > 0
    left join cut_points
        on segments.anchor_date = cut_points.anchor_date
    left join cells
        on {{ is_in_cell('segments', 'cells') }}
    left join cells as sticky_cells
        on {{ is_in_cell('segments', 'sticky_cells', 'sticky_') }}
    left join stages
        on segments.lifecycle_stage_code = stages.stage_code

)

{% for name, decision in decisions.items() if name in dimensions -%}
select
    customer_id,
    anchor_date,
    {{ quoted_text(name) }} as decision,
    {{ name }}_outcome as outcome,
    {{ quoted_text(decision.rule) }} as rule,
    definitions_checksum as rule_version,
    {{ name }}_decided_on as decided_on,
    {{ name }}_decided_by as decided_by
from decided
{% if not loop.last %}union all{% endif %}
{% else -%}
select
    customer_id,
    anchor_date,
    cast(null as {{ dbt.type_string() }}) as decision,
    cast(null as {{ dbt.type_string() }}) as outcome,
    cast(null as {{ dbt.type_string() }}) as rule,
    definitions_checksum as rule_version,
    cast(null as {{ dbt.type_string() }}) as decided_on,
    cast(null as {{ dbt.type_string() }}) as decided_by
from decided
where 1 = 0
{% endfor %}
