{{ config(materialized='view') }}

{% for fits in [
    'ml_customers__purchase_fits',
    'ml_customers__response_fits',
    'ml_customers__amount_fits',
    'ml_customers__category_fits',
] -%}
select * from {{ ref(fits) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
