{{ config(materialized='view') }}

select
    {% for name, column in protected_attributes().items() -%}
    coalesce(cast({{ column }} as {{ dbt.type_string() }}), 'unknown') as {{ name }},
    {% endfor -%}
    customer_id
from {{ ref('int_customers') }}
