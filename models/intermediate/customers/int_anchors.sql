{%- set step_days = setting('anchor_step_days') -%}
{#- what the build before found: the models that find it are built later -#}
{%- set health = relation_of('int_fits__health')
    if execute and setting('refit_on') -%}
{%- set numbers = range(setting('past_anchors') + 1) -%}
with

orders as (

    select
        cast(ordered_at as date) as order_date,
        min(cast(ordered_at as date)) over () as first_order_date,
        max(cast(ordered_at as date)) over () as last_order_date,
        {{ dbt.hash(dbt.concat([
            "coalesce(order_id, '')", "'|'", "coalesce(customer_id, '')", "'|'",
            'cast(ordered_at as ' ~ dbt.type_string() ~ ')',
        ])) }} as order_hash
    from {{ ref('int_orders__checked') }}
    where is_accepted

),

-- the shop is known by an order of its first day, wherever its files lie; which order
-- that is does not hang on the order of rows
accepted_orders as (

    select
        first_order_date,
        last_order_date,
        min(order_hash) as shop_hash
    from orders
    where order_date = first_order_date
    group by first_order_date, last_order_date

),

scoring as (

    select
        first_order_date,
        shop_hash,
        coalesce(
            {{ as_of_date() }}, cast(last_order_date + interval '1' day as date)
        ) as as_of_date
    from accepted_orders

),

erased as (

    select count(*) as count_erased from {{ ref('int_customers__erased') }}

),

unhealthy as (

    select
        {% if health -%}
        {{ dbt.listagg(
            measure='fit_id', delimiter_text="','", order_by_clause='order by fit_id'
        ) }} as unhealthy_fits
    from {{ health }}
    where {{ setting('refit_on') | map('replace', 'drift', 'is_drift_found')
        | map('replace', 'realised', 'is_realised_off') | join(' or ') }}
        {%- else -%}
        cast(null as {{ dbt.type_string() }}) as unhealthy_fits
        {%- endif %}

),

anchors as (

    {% for number in numbers %}
    select
        {{ number }} as anchor_number,
        first_order_date,
        shop_hash,
        {{ number * step_days }} as known_days,
        cast(as_of_date - interval '{{ number * step_days }}' day as date) as anchor_date
    from scoring
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    anchor_date,
    anchor_number,
    case anchor_number
        when 0 then 'scoring'
        else 'past'
    end as anchor_role,
    known_days,
    first_order_date,
    shop_hash,
    -- somebody more who is erased makes models learn again, without them
    erased.count_erased,
    case when anchor_number = 0 then unhealthy.unhealthy_fits end as unhealthy_fits
from anchors
cross join erased
cross join unhealthy
-- an anchor with less than a step of history before it has nothing to learn from
where
    anchor_date is not null
    and (
        anchor_number = 0
        or anchor_date >= first_order_date + interval '{{ step_days }}' day
    )
