{{ config(materialized="view") }}
{%- set features = lookalike_columns() %}
with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

memberships as (

    select
        customer_id,
        {{ dbt.listagg('list_id', "'|'", 'order by list_id') }} as member_of
    from {{ ref('int_customers__lookalike_seeds') }}
    group by customer_id

)

select
    ---------- ids
    customers.customer_id,

    ---------- strings
    coalesce(memberships.member_of, '') as member_of,

    ---------- numerics
    {% for feature in features -%}
    customers.{{ feature }},
    {% endfor %}
    ---------- booleans
    customers.is_sampled,
    {{ is_contactable('customers.customer_id', 'customers.anchor_date') }}
        as is_contactable
from customers
left join memberships
    on customers.customer_id = memberships.customer_id
