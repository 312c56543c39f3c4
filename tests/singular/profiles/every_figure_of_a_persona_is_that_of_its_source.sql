-- Each figure, text and date of a persona equals the one in its source, which is read
-- once more.
with

figures as (

    select * from {{ ref('fct_persona_figures') }}

),

profiles as (

    select * from {{ ref('rpt_segment_profiles') }}

),

overview as (

    select * from {{ ref('rpt_segment_overview') }}

),

segments as (

    select * from {{ ref('dim_segments') }}

),

sources as (

    {% for figure in [
        'count_known', 'count_others', 'segment_mean', 'others_mean', 'segment_median',
        'everyone_median', 'effect_size', 'least_effect',
    ] -%}
    select
        'rpt_segment_profiles' as source,
        segment_id,
        feature,
        feature_value,
        '{{ figure }}' as figure,
        cast({{ figure }} as double) as figure_value,
        cast(null as {{ dbt.type_string() }}) as words
    from profiles
    union all
    {% endfor -%}
    {% for figure in [
        'count_customers', 'customer_share', 'net_amount_share', 'avg_churn_probability'
    ] -%}
    select
        'rpt_segment_overview' as source,
        segment_id,
        cast(null as {{ dbt.type_string() }}) as feature,
        cast(null as {{ dbt.type_string() }}) as feature_value,
        '{{ figure }}' as figure,
        cast({{ figure }} as double) as figure_value,
        cast(null as {{ dbt.type_string() }}) as words
    from overview
    union all
    {% endfor -%}
    {% for name in ['horizon_days', 'small_segment_customers'] -%}
    select
        'settings' as source,
        segment_id,
        cast(null as {{ dbt.type_string() }}) as feature,
        cast(null as {{ dbt.type_string() }}) as feature_value,
        '{{ name }}' as figure,
        cast({{ setting(name) }} as double) as figure_value,
        cast(null as {{ dbt.type_string() }}) as words
    from segments
    union all
    {% endfor -%}
    {% for source, figure in [
        ('dim_segments', 'description'), ('dim_segments', 'suggested_play'),
        ('rpt_segment_overview', 'name_caution'), ('rpt_segment_overview', 'as_of_date'),
    ] -%}
    select
        '{{ source }}' as source,
        segment_id,
        cast(null as {{ dbt.type_string() }}) as feature,
        cast(null as {{ dbt.type_string() }}) as feature_value,
        '{{ figure }}' as figure,
        cast(null as double) as figure_value,
        cast({{ figure }} as {{ dbt.type_string() }}) as words
    from {{ 'segments' if source == 'dim_segments' else 'overview' }}
    union all
    {% endfor -%}
    select
        'rpt_segment_profiles' as source,
        segment_id,
        cast(null as {{ dbt.type_string() }}) as feature,
        cast(null as {{ dbt.type_string() }}) as feature_value,
        'count_features' as figure,
        cast(count(distinct feature) as double) as figure_value,
        cast(null as {{ dbt.type_string() }}) as words
    from {{ ref('int_segments__persona_facts') }}
    group by segment_id

)

select figures.*
from figures
left join sources
    on
        figures.source = sources.source
        and figures.segment_id = sources.segment_id
        and figures.feature is not distinct from sources.feature
        and figures.feature_value is not distinct from sources.feature_value
        and figures.figure = sources.figure
where
    -- a source that says nothing backs no figure
    coalesce(cast(sources.figure_value as {{ dbt.type_string() }}), sources.words) is null
    or figures.figure_value is distinct from sources.figure_value
    or (sources.words is not null and figures.written <> sources.words)
