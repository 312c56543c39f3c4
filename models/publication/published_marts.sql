{#- dbt orders by what is read here, so a public mart that is missing stops the build. -#}
-- noqa: disable=LT02
{%- set marts = [
    'dim_cluster_fits', 'dim_customers', 'dim_days', 'dim_model_fits', 'dim_segments',
    'fct_cluster_alignment', 'fct_cluster_evidence', 'fct_cohort_retention',
    'fct_customer_churn', 'fct_customer_forecasts', 'fct_customer_message_response',
    'fct_customer_next_category', 'fct_customer_segment_explanations',
    'fct_customer_segment_history', 'fct_customer_segments', 'fct_customer_value',
    'fct_drift', 'fct_erasures', 'fct_fairness', 'fct_lookalikes',
    'fct_model_calibration', 'fct_model_lift', 'fct_model_scorecards',
    'fct_model_tuning', 'fct_persona_figures', 'fct_persona_sentences',
    'fct_prediction_reasons', 'fct_realised_performance', 'fct_rejected_rows',
    'fct_run_inputs', 'fct_run_nodes', 'fct_runs', 'fct_segment_size_changes',
    'fct_segment_transitions', 'live_customer_segments', 'rpt_fairness_proxies',
    'rpt_freshness', 'rpt_input_quality', 'rpt_lookalike_lists', 'rpt_model_cards',
    'rpt_model_health', 'rpt_review_queue', 'rpt_sales_reconciliation',
    'rpt_segment_overview', 'rpt_segment_personas', 'rpt_segment_priorities',
    'rpt_segment_profiles', 'rpt_segment_rule_fidelity', 'rpt_segment_rules',
    'rpt_segment_stickiness',
] -%}
{%- set relations = {} -%}
{%- for name in marts -%}
    {%- do relations.update({name: ref(name)}) -%}
{%- endfor -%}
{{ check_published(marts) }}
{%- set pseudonyms = ref('ml_customers__pseudonyms')
    if setting('pseudonym_key_env') is not none else none %}
-- Every public mart, and what this build is. publication reads it last of all.
with

marts as (

    {% for name in marts -%}
    select
        {{ quoted_text(name) }} as mart,
        {{ quoted_text(relations[name] | string) }} as relation,
        {{ quoted_text(withheld_columns(name) | join(' ')) }} as withheld,
        {{ quoted_text(shared_columns(name)) }} as shared
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

newest as (

    select max(as_of_date) as as_of_date from {{ ref('fct_customer_segments') }}

)

select
    ---------- strings
    marts.mart,
    marts.relation,
    marts.withheld,
    {{ 'cast(null as ' ~ dbt.type_string() ~ ')' if pseudonyms is none
        else quoted_text(pseudonyms | string) }} as pseudonyms,
    marts.shared,
    {{ quoted_text(invocation_id) }} as run_id,
    {{ quoted_text(run_started_at.strftime('%Y%m%dT%H%M%S')
        ~ '-' ~ invocation_id[:8]) }} as version,
    {{ quoted_text(code_version()) }} as code_version,
    {{ quoted_text(settings_as_json()) }} as settings,
    {{ quoted_text(setting('publish_path') or '') }} as publish_path,
    {{ quoted_text(setting('publish_lake') or '') }} as lake,
    {{ quoted_text(setting('publish_lake_schema')) }} as lake_schema,
    {{ quoted_text(why_not_published()) }} as why_not,

    ---------- numerics
    {{ setting('publish_versions') }} as count_versions,

    ---------- dates
    {{ dbt.dateadd('day', -1, 'newest.as_of_date') }} as data_through
from marts
cross join newest
