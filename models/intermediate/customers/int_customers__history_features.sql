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
-- definitions, for everyone at every anchor of history. Other numbers are kept only where
-- clusters are learned on them, and favourites only there, too.
--
-- Nothing is added up anew for each anchor: each order is a change when it comes, when it
-- goes or another version follows, and when it leaves a window of time. Their running
-- sums hold from one change of a customer to the next.
{%- set features = kept_history_features() %}
{%- set favourites = named_history_categories() %}
{%- set windows = [] %}
{%- for days in [90, 365]
    if 'count_orders_' ~ days ~ 'd' in features or 'net_amount_' ~ days ~ 'd' in features %}
{%- do windows.append(days) %}
{%- endfor %}
{%- set ratios = {
    'avg_order_amount': ['net_amount', 'count_orders'],
    'avg_units_per_order': ['total_units', 'count_orders'],
    'avg_products_per_order': ['count_products', 'count_orders'],
    'discount_share': ['discount_amount', 'gross_amount'],
    'promotion_order_share': ['count_promotion_orders', 'count_orders'],
    'weekend_order_share': ['count_weekend_orders', 'count_orders'],
} %}
{%- for name in category_shares() %}
{%- do ratios.update({name ~ '_share': [name ~ '_net_amount', 'net_amount']}) %}
{%- endfor %}
{%- set sums = ['count_orders', 'net_amount'] %}
{%- for feature, parts in ratios.items() if feature in features %}
{%- do sums.extend(parts | reject('in', sums)) %}
{%- endfor %}
with

anchors as (

    select
        *,
        cast(anchor_date as timestamp) as anchor_at,
        cast(lag(anchor_date) over (order by anchor_date) as timestamp)
            as previous_anchor_at,
        cast(row_number() over (order by anchor_date) as {{ dbt.type_int() }})
            as anchor_number
    from {{ new_history_anchors() }} as new_anchors

),

orders as (

    select
        *,
        1 as count_orders,
        {% if 'promotion_order_share' in features -%}
        case when promotion_code is null then 0 else 1 end as count_promotion_orders,
        {% endif -%}
        {% if 'weekend_order_share' in features -%}
        case when {{ is_weekend('order_date') }} then 1 else 0 end
            as count_weekend_orders,
        {% endif -%}
        {% for days in windows -%}
        -- a version that a late return begins is never within
        greatest(cast(valid_from as date), least(
            coalesce(cast(valid_to as date), cast('9999-12-31' as date)),
            cast({{ dbt.dateadd('day', days, 'order_date') }} as date)
        )) as leaves_{{ days }}d_on,
        {% endfor -%}
        -- of the orders of one day, the first follows a day before
        lag(order_date) over (
            partition by customer_id
            order by order_date, valid_from, order_id
        ) as date_before
    from {{ ref('int_orders__versions') }}

),

changes as (

    select
        customer_id,
        cast(valid_from as date) as change_date,
        order_date,
        nullif(date_before, order_date) as date_before,
        case when date_before = order_date then 0 else 1 end as count_order_days,
        {% for days in windows -%}
        1 as count_orders_{{ days }}d,
        net_amount as net_amount_{{ days }}d,
        {% endfor -%}
        {{ sums | join(', ') }}
    from orders

    union all

    select
        customer_id,
        cast(valid_to as date) as change_date,
        cast(null as date) as order_date,
        cast(null as date) as date_before,
        0 as count_order_days,
        {% for days in windows -%}
        0 as count_orders_{{ days }}d,
        0 as net_amount_{{ days }}d,
        {% endfor -%}
        {% for column in sums -%}
        -{{ column }} as {{ column }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from orders
    where valid_to is not null

    {% for days in windows %}
    union all

    select
        customer_id,
        leaves_{{ days }}d_on as change_date,
        cast(null as date) as order_date,
        cast(null as date) as date_before,
        0 as count_order_days,
        {% for other in windows -%}
        {{ -1 if other == days else 0 }} as count_orders_{{ other }}d,
        {{ '-net_amount' if other == days else 0 }} as net_amount_{{ other }}d,
        {% endfor -%}
        {% for column in sums -%}
        0 as {{ column }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from orders
    {% endfor %}
),

change_dates as (

    select cast(valid_from as date) as change_date from orders
    union
    select cast(valid_to as date) as change_date from orders
    {% for days in windows -%}
    union
    select leaves_{{ days }}d_on as change_date from orders
    {% endfor %}
),

-- the first anchor that knows of a change
known_from as (

    select
        change_dates.change_date,
        min(anchors.anchor_number) as anchor_number
    from change_dates
    inner join anchors
        on change_dates.change_date < anchors.anchor_date
    group by change_dates.change_date

),

last_anchors as (

    select count(*) + 1 as last_number from anchors

),

-- a change that no anchor knows comes after the last one
numbered_changes as (

    select
        changes.*,
        last_anchors.last_number,
        coalesce(known_from.anchor_number, last_anchors.last_number) as from_number
    from changes
    cross join last_anchors
    left join known_from
        on changes.change_date = known_from.change_date

),

running as (

    select
        changes.customer_id,
        changes.from_number,
        coalesce(
            -- Spark takes no frame with lead
            lead(changes.from_number) over (
                partition by changes.customer_id
                order by changes.from_number
            ),
            changes.last_number
        ) as next_number,
        min(changes.order_date) over running_window as first_order_date,
        max(changes.order_date) over running_window as last_order_date,
        max(changes.date_before) over running_window as date_before,
        {% for days in windows -%}
        sum(changes.count_orders_{{ days }}d) over running_window
            as count_orders_{{ days }}d,
        sum(changes.net_amount_{{ days }}d) over running_window
            as net_amount_{{ days }}d,
        {% endfor -%}
        {% for column in sums -%}
        sum(changes.{{ column }}) over running_window as {{ column }},
        {% endfor -%}
        sum(changes.count_order_days) over running_window as count_order_days
    from numbered_changes as changes
    window running_window as (
        partition by changes.customer_id
        order by changes.from_number
        rows unbounded preceding
    )

),

spread as (

    select
        *,
        {{ each_whole_number('from_number', 'next_number') }} as anchor_number
    from running

),

-- where a whole order went back, its day may have none left: days are counted anew
gone_orders as (

    select
        ended.customer_id,
        min(ended.valid_to) as first_gone_at
    from {{ ref('int_orders__versions') }} as ended
    left join {{ ref('int_orders__versions') }} as later
        on
            ended.order_id = later.order_id
            and ended.valid_to = later.valid_from
    where ended.valid_to is not null and later.order_id is null
    group by ended.customer_id

),

known_days as (

    select distinct
        versions.customer_id,
        anchors.anchor_date,
        versions.order_date
    from {{ ref('int_orders__versions') }} as versions
    inner join gone_orders
        on versions.customer_id = gone_orders.customer_id
    inner join anchors
        on
            gone_orders.first_gone_at < anchors.anchor_at
            and {{ is_known_version('versions', 'anchors.anchor_date') }}

),

known_days_before as (

    select
        *,
        lag(order_date) over (
            partition by customer_id, anchor_date
            order by order_date
        ) as date_before
    from known_days

),

counted_anew as (

    select
        customer_id,
        anchor_date,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        max(date_before) as date_before,
        count(*) as count_order_days
    from known_days_before
    group by customer_id, anchor_date

),

buyers as (

    select
        customer_id,
        min(ordered_at) as first_ordered_at,
        row_number() over (order by md5(customer_id), customer_id) as draw_number
    from {{ ref('int_orders__versions') }}
    group by customer_id

),

-- whoever is not among the first who were new at an anchor is among the first of none
first_draws as (

    select
        buyers.customer_id,
        buyers.draw_number,
        buyers.first_ordered_at
    from buyers
    inner join anchors
        on
            buyers.first_ordered_at < anchors.anchor_at
            and (
                anchors.previous_anchor_at is null
                or buyers.first_ordered_at >= anchors.previous_anchor_at
            )
    qualify
        row_number() over (
            partition by anchors.anchor_date
            order by buyers.draw_number
        ) <= {{ setting('max_training_customers') }}

),

sampled as (

    select
        first_draws.customer_id,
        anchors.anchor_date
    from first_draws
    inner join anchors
        on first_draws.first_ordered_at < anchors.anchor_at
    qualify
        row_number() over (
            partition by anchors.anchor_date
            order by first_draws.draw_number
        ) <= {{ setting('max_training_customers') }}

),

counted as (

    select
        spread.*,
        anchors.anchor_date,
        anchors.input_checksum,
        anchors.features_checksum,
        sampled.customer_id is not null as is_sampled,
        {% for column in ['first_order_date', 'last_order_date', 'date_before'] -%}
        case
            when spread.count_orders = 0 then null
            when counted_anew.customer_id is null then spread.{{ column }}
            else counted_anew.{{ column }}
        end as known_{{ column }},
        {% endfor -%}
        case
            when spread.count_orders = 0 then 0
            else coalesce(counted_anew.count_order_days, spread.count_order_days)
        end as known_count_order_days
    from spread
    inner join anchors
        on spread.anchor_number = anchors.anchor_number
    left join sampled
        on
            spread.customer_id = sampled.customer_id
            and anchors.anchor_date = sampled.anchor_date
    left join counted_anew
        on
            spread.customer_id = counted_anew.customer_id
            and anchors.anchor_date = counted_anew.anchor_date

)

{% if favourites -%}
,
known_orders as (

    select
        versions.customer_id,
        anchors.anchor_date,
        versions.channel,
        {{ daypart('versions.ordered_at') }} as daypart
    from {{ ref('int_orders__versions') }} as versions
    inner join anchors
        on {{ is_known_version('versions', 'anchors.anchor_date') }}

)

{% for column in favourites -%}
,
favourite_{{ column }}s as {{ favourite_of('known_orders', column) }}
{% endfor %}
{% endif -%}
select
    ---------- ids
    counted.customer_id,
    counted.anchor_date,

    ---------- strings
    counted.input_checksum,
    counted.features_checksum,
    {% for column in ['channel', 'daypart'] -%}
    {% if column in favourites -%}
    favourite_{{ column }}s.favourite_{{ column }},
    {% else -%}
    cast(null as {{ dbt.type_string() }}) as favourite_{{ column }},
    {% endif -%}
    {% endfor %}

    ---------- numerics
    {{ dbt.datediff('counted.known_last_order_date', 'counted.anchor_date', 'day') }}
        as days_since_last_order,
    {{ dbt.datediff('counted.known_first_order_date', 'counted.anchor_date', 'day') }}
        as days_since_first_order,
    cast(counted.count_orders as {{ dbt.type_bigint() }}) as count_orders,
    {% if 'count_order_days' in features -%}
    cast(counted.known_count_order_days as {{ dbt.type_bigint() }})
        as count_order_days,
    {% endif -%}
    cast(counted.net_amount as double) as lifetime_net_amount,
    {{ dbt.datediff(
        'counted.known_date_before', 'counted.known_last_order_date', 'day'
    ) }} as last_gap_days,
    cast(
        {{ dbt.datediff(
            'counted.known_first_order_date', 'counted.known_last_order_date', 'day'
        ) }} as double
    ) / nullif(counted.known_count_order_days - 1, 0) as avg_days_between_orders,
    {% for days in windows -%}
    {% if 'count_orders_' ~ days ~ 'd' in features -%}
    cast(counted.count_orders_{{ days }}d as {{ dbt.type_bigint() }})
        as count_orders_{{ days }}d,
    {% endif -%}
    {% if 'net_amount_' ~ days ~ 'd' in features -%}
    cast(counted.net_amount_{{ days }}d as double) as net_amount_{{ days }}d,
    {% endif -%}
    {% endfor -%}
    {% for feature, parts in ratios.items() if feature in features -%}
    cast({{ 'coalesce(counted.' ~ parts[0] ~ ', 0)' if parts[1] == 'net_amount'
        else 'counted.' ~ parts[0] }} as double)
    / nullif(cast(counted.{{ parts[1] }} as double), 0) as {{ feature }},
    {% endfor %}
    ---------- booleans
    counted.is_sampled,

    ---------- dates
    counted.known_first_order_date as first_order_date,
    counted.known_last_order_date as last_order_date
from counted
{% for column in favourites -%}
left join favourite_{{ column }}s
    on
        counted.customer_id = favourite_{{ column }}s.customer_id
        and counted.anchor_date = favourite_{{ column }}s.anchor_date
{% endfor %}
