{{ config(materialized='view') }}

select
    customer_id
    {%- for name, column in protected_attributes().items() %},
    coalesce(cast({{ column }} as {{ dbt.type_string() }}), 'unknown') as {{ name }}
    {%- endfor %}
from {{ ref('int_customers') }}
