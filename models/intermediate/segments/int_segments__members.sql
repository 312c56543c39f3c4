{{ config(materialized='view') }}

with

customers as (

    select * from {{ ref('int_customers__segments') }}

)

{% for dimension, column in segment_dimensions().items() -%}
select
    customer_id,
    '{{ dimension }}' as dimension,
    {{ column }} as segment_code
from customers
where {{ column }} is not null
{% if not loop.last %}union all{% endif %}
{% endfor %}
