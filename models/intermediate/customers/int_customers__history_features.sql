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

anchors as {{ new_history_anchors() }},

orders as (

    select
        versions.customer_id,
        anchors.anchor_date,
        versions.order_date,
        versions.net_amount,
        versions.gross_amount,
        versions.discount_amount,
        versions.total_units,
        versions.count_products,
        versions.promotion_code is not null as has_promotion,
        {{ is_weekend('versions.order_date') }} as is_weekend,
        {% for name in category_shares() -%}
        versions.{{ name }}_net_amount,
        {% endfor -%}
        {% if favourites -%}
        versions.channel,
        {{ daypart('versions.ordered_at') }} as daypart,
        {% endif -%}
        {{ dbt.datediff('versions.order_date', 'anchors.anchor_date', 'day') }}
            as days_before_anchor
    from {{ ref('int_orders__versions') }} as versions
    inner join anchors
        on {{ is_known_version('versions', 'anchors.anchor_date') }}

),

newest_versions as (

    select * from {{ ref('int_orders__versions') }}
    qualify
        row_number() over (
            partition by order_id
            order by valid_from desc
        ) = 1

),

first_orders as (

    select
        customer_id,
        min(ordered_at) as first_ordered_at,
        row_number() over (order by md5(customer_id), customer_id) as draw_number
    from {{ ref('int_orders__versions') }}
    group by customer_id

),

-- including customers who returned everything
buyers as (

    select
        first_orders.customer_id,
        anchors.anchor_date,
        anchors.input_checksum,
        anchors.features_checksum,
        row_number() over (
            partition by anchors.anchor_date
            order by first_orders.draw_number
        ) <= {{ setting('max_training_customers') }} as is_sampled
    from first_orders
    inner join anchors
        on first_orders.first_ordered_at < cast(anchors.anchor_date as timestamp)

),

totals as (

    select
        customer_id,
        anchor_date,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        min(days_before_anchor) as days_since_last_order,
        max(days_before_anchor) as days_since_first_order,
        count(*) as count_orders,
        sum(net_amount) as lifetime_net_amount,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(total_units) as total_units,
        sum(count_products) as total_products,
        {% for name in category_shares() -%}
        sum({{ name }}_net_amount) as {{ name }}_net_amount,
        {% endfor -%}
        {% for days in windows -%}
        count(*) filter (where days_before_anchor <= {{ days }})
            as count_orders_{{ days }}d,
        sum(net_amount) filter (where days_before_anchor <= {{ days }})
            as net_amount_{{ days }}d,
        {% endfor -%}
        count(*) filter (where has_promotion) as count_promotion_orders,
        count(*) filter (where is_weekend) as count_weekend_orders
    from orders
    group by customer_id, anchor_date

),

-- days with a purchase, each known from then until all its orders came back
days as (

    select
        customer_id,
        order_date,
        cast(order_date as timestamp) as valid_from,
        case when count(*) = count(valid_to) then max(valid_to) end as valid_to
    from newest_versions
    group by customer_id, order_date

),

order_days as (

    select
        days.customer_id,
        anchors.anchor_date,
        count(*) as count_order_days
    from days
    inner join anchors
        on {{ is_known_version('days', 'anchors.anchor_date') }}
    group by days.customer_id, anchors.anchor_date

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

last_days as (

    select
        totals.customer_id,
        totals.anchor_date,
        days_before.date_before,
        coalesce(
            days_before.before_gone_at < cast(totals.anchor_date as timestamp), false
        ) as is_gone
    from totals
    inner join days_before
        on
            totals.customer_id = days_before.customer_id
            and totals.last_order_date = days_before.order_date

),

-- the last purchase day but one; an earlier one where everything of that day came back
last_days_but_one as (

    select
        customer_id,
        anchor_date,
        date_before as order_date
    from last_days
    where not is_gone

    union all

    select
        last_days.customer_id,
        last_days.anchor_date,
        max(days.order_date) as order_date
    from last_days
    inner join days
        on
            last_days.customer_id = days.customer_id
            and last_days.date_before > days.order_date
            and {{ is_known_version('days', 'last_days.anchor_date') }}
    where last_days.is_gone
    group by last_days.customer_id, last_days.anchor_date

)

{% for column in favourites -%}
,
favourite_{{ column }}s as {{ favourite_of('orders', column) }}
{% endfor %}
select
    ---------- ids
    buyers.customer_id,
    buyers.anchor_date,

    ---------- strings
    buyers.input_checksum,
    buyers.features_checksum,
    {% for column in ['channel', 'daypart'] -%}
    {% if column in favourites -%}
    favourite_{{ column }}s.favourite_{{ column }},
    {% else -%}
    cast(null as {{ dbt.type_string() }}) as favourite_{{ column }},
    {% endif -%}
    {% endfor %}

    ---------- numerics
    totals.days_since_last_order,
    totals.days_since_first_order,
    coalesce(totals.count_orders, 0) as count_orders,
    coalesce(order_days.count_order_days, 0) as count_order_days,
    cast(coalesce(totals.lifetime_net_amount, 0) as double) as lifetime_net_amount,
    cast(totals.lifetime_net_amount as double) / totals.count_orders
        as avg_order_amount,
    {{ dbt.datediff('last_days_but_one.order_date', 'totals.last_order_date', 'day') }}
        as last_gap_days,
    cast(
        totals.days_since_first_order - totals.days_since_last_order as double
    ) / nullif(order_days.count_order_days - 1, 0) as avg_days_between_orders,
    {% for days in windows -%}
    coalesce(totals.count_orders_{{ days }}d, 0) as count_orders_{{ days }}d,
    cast(coalesce(totals.net_amount_{{ days }}d, 0) as double)
        as net_amount_{{ days }}d,
    {% endfor -%}
    cast(totals.total_units as double) / totals.count_orders as avg_units_per_order,
    cast(totals.total_products as double) / totals.count_orders
        as avg_products_per_order,
    cast(totals.discount_amount as double)
    / nullif(cast(totals.gross_amount as double), 0) as discount_share,
    cast(totals.count_promotion_orders as double) / totals.count_orders
        as promotion_order_share,
    cast(totals.count_weekend_orders as double) / totals.count_orders
        as weekend_order_share,
    {% for name in category_shares() -%}
    cast(coalesce(totals.{{ name }}_net_amount, 0) as double)
    / nullif(cast(totals.lifetime_net_amount as double), 0) as {{ name }}_share,
    {% endfor %}
    ---------- booleans
    buyers.is_sampled,

    ---------- dates
    totals.first_order_date,
    totals.last_order_date
from buyers
left join totals
    on
        buyers.customer_id = totals.customer_id
        and buyers.anchor_date = totals.anchor_date
left join order_days
    on
        buyers.customer_id = order_days.customer_id
        and buyers.anchor_date = order_days.anchor_date
left join last_days_but_one
    on
        buyers.customer_id = last_days_but_one.customer_id
        and buyers.anchor_date = last_days_but_one.anchor_date
{% for column in favourites -%}
left join favourite_{{ column }}s
    on
        buyers.customer_id = favourite_{{ column }}s.customer_id
        and buyers.anchor_date = favourite_{{ column }}s.anchor_date
{% endfor %}
