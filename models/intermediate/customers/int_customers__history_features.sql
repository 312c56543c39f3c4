{{ config(
    pre_hook={
        "sql": "{{ forget_stale_history(['input_checksum', 'features_checksum']) }}",
        "transaction": false
    },
    on_schema_change="sync_all_columns"
) }}

-- Rows are forgotten before the transaction in which columns may be added: DuckDB cannot
-- do both in one. What is forgotten and not stored again, the next build stores.
--
-- The features of int_customers__features that define segments, by the same
-- definitions, for everyone at every anchor of history. Favourites are counted only
-- where clusters are learned on them.
{%- set windows = [90, 365] %}
{%- set favourites = named_history_categories() %}
with

anchors as (

    select
        *,
        {% for days in windows -%}
        cast({{ dbt.dateadd('day', -days, 'anchor_date') }} as date)
            as from_date_{{ days }}d,
        {% endfor -%}
        cast(anchor_date as timestamp) as anchor_at
    from {{ new_history_anchors() }} as new_anchors

),

-- what does not hang on the anchor, once
versions as (

    select
        *,
        promotion_code is not null as has_promotion,
        {% if favourites -%}
        {{ daypart('ordered_at') }} as daypart,
        {% endif -%}
        {{ is_weekend('order_date') }} as is_weekend
    from {{ ref('int_orders__versions') }}

),

buyers as (

    select
        customer_id,
        min(ordered_at) as first_ordered_at,
        row_number() over (order by md5(customer_id), customer_id) as draw_number
    from versions
    group by customer_id

),

draws as (

    select
        anchors.anchor_date,
        buyers.draw_number,
        row_number() over (
            partition by anchors.anchor_date
            order by buyers.draw_number
        ) as draw_rank
    from buyers
    inner join anchors
        on buyers.first_ordered_at < anchors.anchor_at

),

samples as (

    select
        anchor_date,
        max(draw_number) as last_draw_number
    from draws
    where draw_rank <= {{ setting('max_training_customers') }}
    group by anchor_date

),

-- the superseded versions, too: whoever returned everything is still a buyer
orders as (

    select
        versions.*,
        anchors.anchor_date,
        anchors.anchor_at,
        versions.valid_to is null or versions.valid_to >= anchors.anchor_at as is_known,
        {% for days in windows -%}
        versions.order_date >= anchors.from_date_{{ days }}d as is_in_{{ days }}d
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from versions
    inner join anchors
        on versions.valid_from < anchors.anchor_at

),

totals as (

    select
        customer_id,
        anchor_date,
        anchor_at,
        min(order_date) filter (where is_known) as first_order_date,
        max(order_date) filter (where is_known) as last_order_date,
        count(*) filter (where is_known) as count_orders,
        {% for column in [
            'net_amount', 'gross_amount', 'discount_amount', 'total_units',
            'count_products',
        ] -%}
        sum({{ column }}) filter (where is_known) as {{ column }},
        {% endfor -%}
        {% for name in category_shares() -%}
        sum({{ name }}_net_amount) filter (where is_known) as {{ name }}_net_amount,
        {% endfor -%}
        {% for days in windows -%}
        count(*) filter (where is_known and is_in_{{ days }}d)
            as count_orders_{{ days }}d,
        sum(net_amount) filter (where is_known and is_in_{{ days }}d)
            as net_amount_{{ days }}d,
        {% endfor -%}
        count(*) filter (where is_known and has_promotion) as count_promotion_orders,
        count(*) filter (where is_known and is_weekend) as count_weekend_orders
    from orders
    group by customer_id, anchor_date, anchor_at

),

-- days with a purchase, each known from then until all its orders came back
days as (

    select
        customer_id,
        order_date,
        cast(order_date as timestamp) as valid_from,
        case when count(*) = count(valid_to) then max(valid_to) end as valid_to,
        -- an order begins with its first version
        count(*) filter (where valid_from = ordered_at) > 1 as has_several_orders
    from versions
    group by customer_id, order_date

),

days_before as (

    select
        *,
        lag(order_date) over (
            partition by customer_id
            order by order_date
        ) as date_before,
        lag(valid_to) over (
            partition by customer_id
            order by order_date
        ) as before_gone_at
    from days

),

-- where everything of the last day but one came back, an earlier one
days_before_gone_ones as (

    select
        totals.customer_id,
        totals.anchor_date,
        max(days.order_date) as date_before
    from totals
    inner join days_before
        on
            totals.customer_id = days_before.customer_id
            and totals.last_order_date = days_before.order_date
            and totals.anchor_at > days_before.before_gone_at
    inner join days
        on
            days_before.customer_id = days.customer_id
            and days_before.date_before > days.order_date
            and {{ is_known_version('days', 'totals.anchor_date') }}
    group by totals.customer_id, totals.anchor_date

),

-- orders beyond the first of their day
more_orders as (

    select
        versions.customer_id,
        anchors.anchor_date,
        count(*) - count(distinct versions.order_date) as count_more_orders
    from versions
    inner join days
        on
            versions.customer_id = days.customer_id
            and versions.order_date = days.order_date
    inner join anchors
        on {{ is_known_version('versions', 'anchors.anchor_date') }}
    where days.has_several_orders
    group by versions.customer_id, anchors.anchor_date

)

{% if favourites -%}
,
known_orders as (

    select * from orders
    where is_known

)

{% for column in favourites -%}
,
favourite_{{ column }}s as {{ favourite_of('known_orders', column) }}
{% endfor %}
{% endif -%}
select
    ---------- ids
    totals.customer_id,
    totals.anchor_date,

    ---------- strings
    anchors.input_checksum,
    anchors.features_checksum,
    {% for column in ['channel', 'daypart'] -%}
    {% if column in favourites -%}
    favourite_{{ column }}s.favourite_{{ column }},
    {% else -%}
    cast(null as {{ dbt.type_string() }}) as favourite_{{ column }},
    {% endif -%}
    {% endfor %}

    ---------- numerics
    {{ dbt.datediff('totals.last_order_date', 'totals.anchor_date', 'day') }}
        as days_since_last_order,
    {{ dbt.datediff('totals.first_order_date', 'totals.anchor_date', 'day') }}
        as days_since_first_order,
    totals.count_orders,
    totals.count_orders - coalesce(more_orders.count_more_orders, 0)
        as count_order_days,
    cast(coalesce(totals.net_amount, 0) as double) as lifetime_net_amount,
    cast(totals.net_amount as double) / nullif(totals.count_orders, 0)
        as avg_order_amount,
    {{ dbt.datediff(
        'case
            when totals.anchor_at > days_before.before_gone_at
                then days_before_gone_ones.date_before
            else days_before.date_before
        end',
        'totals.last_order_date',
        'day'
    ) }} as last_gap_days,
    cast(
        {{ dbt.datediff('totals.first_order_date', 'totals.last_order_date', 'day') }}
        as double
    ) / nullif(
        totals.count_orders - coalesce(more_orders.count_more_orders, 0) - 1, 0
    ) as avg_days_between_orders,
    {% for days in windows -%}
    totals.count_orders_{{ days }}d,
    cast(coalesce(totals.net_amount_{{ days }}d, 0) as double)
        as net_amount_{{ days }}d,
    {% endfor -%}
    cast(totals.total_units as double) / nullif(totals.count_orders, 0)
        as avg_units_per_order,
    cast(totals.count_products as double) / nullif(totals.count_orders, 0)
        as avg_products_per_order,
    cast(totals.discount_amount as double)
    / nullif(cast(totals.gross_amount as double), 0) as discount_share,
    cast(totals.count_promotion_orders as double) / nullif(totals.count_orders, 0)
        as promotion_order_share,
    cast(totals.count_weekend_orders as double) / nullif(totals.count_orders, 0)
        as weekend_order_share,
    {% for name in category_shares() -%}
    cast(coalesce(totals.{{ name }}_net_amount, 0) as double)
    / nullif(cast(totals.net_amount as double), 0) as {{ name }}_share,
    {% endfor %}
    ---------- booleans
    buyers.draw_number <= samples.last_draw_number as is_sampled,

    ---------- dates
    totals.first_order_date,
    totals.last_order_date
from totals
inner join buyers
    on totals.customer_id = buyers.customer_id
inner join anchors
    on totals.anchor_date = anchors.anchor_date
inner join samples
    on totals.anchor_date = samples.anchor_date
left join days_before
    on
        totals.customer_id = days_before.customer_id
        and totals.last_order_date = days_before.order_date
left join days_before_gone_ones
    on
        totals.customer_id = days_before_gone_ones.customer_id
        and totals.anchor_date = days_before_gone_ones.anchor_date
left join more_orders
    on
        totals.customer_id = more_orders.customer_id
        and totals.anchor_date = more_orders.anchor_date
{% for column in favourites -%}
left join favourite_{{ column }}s
    on
        totals.customer_id = favourite_{{ column }}s.customer_id
        and totals.anchor_date = favourite_{{ column }}s.anchor_date
{% endfor %}
