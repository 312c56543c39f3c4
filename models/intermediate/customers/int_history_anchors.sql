-- The grid, and the scoring anchor. Checksums tell whether what is stored for an anchor
-- still holds: one of the orders before it, one of the definitions of segments, and one
-- of the settings that add features.
{%- set step = setting('history_grid') %}
with

scoring as (

    select
        anchor_date,
        first_order_date,
        {{ history_grid_date('first_order_date') }} as first_step_date
    from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

),

versions as (

    select
        *,
        cast(valid_from as date) as changed_date
    from {{ ref('int_orders__versions') }}

),

steps as (

    {{ dbt.generate_series(5000) }}

),

grid as (

    select
        cast(
            {{ dbt.dateadd(
                step,
                'cast(steps.generated_number as ' ~ dbt.type_int() ~ ')',
                'scoring.first_step_date'
            ) }} as date
        ) as anchor_date
    from scoring
    cross join steps
    where scoring.first_order_date is not null

),

anchors as (

    select
        grid.anchor_date,
        true as is_on_grid,
        grid.anchor_date = scoring.anchor_date as is_scoring
    from grid
    cross join scoring
    where
        grid.anchor_date > scoring.first_order_date
        and grid.anchor_date <= scoring.anchor_date
        and grid.anchor_date >= {{ history_from() }}

    union all

    select
        anchor_date,
        false as is_on_grid,
        true as is_scoring
    from scoring
    where anchor_date not in (select grid.anchor_date from grid)

),

-- a version has a start, and an end where no other version follows it
changes as (

    select
        changed_date,
        {{ checksum_of([
            'customer_id', 'order_id', 'valid_from', 'net_amount', 'total_units',
            'gross_amount', 'discount_amount', 'count_products', 'channel',
            'promotion_code',
        ]) }} as change_sum
    from versions
    group by changed_date

    union all

    select
        cast(valid_to as date) as changed_date,
        {{ checksum_of(['order_id', 'valid_to']) }} as change_sum
    from versions
    where valid_to is not null
    group by cast(valid_to as date)

),

definitions as (

    select cast(sum(change_sum) as {{ dbt.type_string() }}) as definitions_checksum
    from (
        select
            {{ checksum_of([
                'recency_score', 'frequency_score', 'monetary_score', 'segment_code'
            ]) }} as change_sum
        from {{ ref('rfm_cells') }}
        union all
        select {{ checksum_of(['stage_code'] + lifecycle_bounds()) }} as change_sum
        from {{ ref('lifecycle_stages') }}
        union all
        select {{ checksum_of(["'" ~ setting('sticky_band_pct') ~ "'"]) }} as change_sum
        {%- if setting('rfm_thresholds') %}
        union all
        select
            {{ checksum_of(["'" ~ (setting('rfm_thresholds') | tojson) ~ "'"]) }}
                as change_sum
        {%- endif %}
    ) as parts

)

select
    anchors.anchor_date,
    lag(anchors.anchor_date) over (order by anchors.anchor_date) as previous_anchor_date,
    anchors.is_on_grid,
    anchors.is_scoring,
    cast(sum(changes.change_sum) as {{ dbt.type_string() }}) as input_checksum,
    definitions.definitions_checksum,
    '{{ local_md5(
        setting("share_categories") ~ named_history_categories()
        ~ kept_history_features()
    ) }}' as features_checksum
from anchors
cross join definitions
left join changes
    on anchors.anchor_date > changes.changed_date
group by
    anchors.anchor_date,
    anchors.is_on_grid,
    anchors.is_scoring,
    definitions.definitions_checksum
