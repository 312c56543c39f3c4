with

customers as (

    select * from {{ ref('int_customers__features') }}
    where anchor_role = 'scoring' and count_orders > 0

),

segments as (

    select * from {{ ref('int_customers__segments') }}

),

rules as (

    select * from {{ ref('int_segments__rules') }}

),

memberships as (

    {% for dimension, column in {
        'rfm': 'rfm_segment_code', 'cluster': 'cluster_code'
    }.items() -%}
    select
        customer_id,
        '{{ dimension }}' as dimension,
        {{ column }} as segment_code
    from segments
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    ---------- ids
    customers.customer_id,
    rules.rule_id,

    ---------- strings
    rules.dimension,
    rules.segment_code as rule_segment_code,
    memberships.segment_code,

    ---------- booleans
    {{ is_held_out('customers.customer_id') }} as is_held_out
from customers
inner join rules
    on {{ fits_rule('customers', 'rules') }}
left join memberships
    on
        customers.customer_id = memberships.customer_id
        and rules.dimension = memberships.dimension
