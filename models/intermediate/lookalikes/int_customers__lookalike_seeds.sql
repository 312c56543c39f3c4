-- The lists to find lookalikes for: segments named in the setting, and tables of ids.
{%- set features = lookalike_columns() %}
{%- set list_ids = setting('lookalike_lists') | map('replace', "'", "''") %}
with

customers as (

    select * from {{ ref('int_customers') }}

),

features as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring'

),

segments as (

    {% for dimension, column in segment_dimensions().items() -%}
    select
        '{{ dimension }}:' || {{ column }} as list_id,
        customer_id
    from {{ ref('int_customers__segments') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

chosen as (

    select
        list_id,
        customer_id
    from segments
    where list_id in ('{{ list_ids | join("', '") }}')

    union

    select
        'list:' || list_name as list_id,
        customer_id
    from {{ ref('lookalike_seeds') }}
    where list_name is not null and customer_id is not null

)

select
    ---------- ids
    chosen.list_id,
    chosen.customer_id,

    ---------- numerics
    {% for feature in features -%}
    features.{{ feature }},
    {% endfor %}
    ---------- booleans
    customers.customer_id is not null as is_known,
    coalesce(features.count_orders > 0, false) as has_bought,
    -- a salt of its own, because the training sample uses md5 as well
    md5('held out ' || chosen.customer_id) < '8' as is_held_out,
    coalesce(features.count_orders > 0, false) and row_number() over (
        partition by chosen.list_id, coalesce(features.count_orders > 0, false)
        order by md5(chosen.customer_id), chosen.customer_id
    ) <= {{ setting('max_training_customers') }} as is_sampled
from chosen
left join customers
    on chosen.customer_id = customers.customer_id
left join features
    on chosen.customer_id = features.customer_id
