{{ config(materialized='view') }}

{% for fits in [
    'ml_fits__purchases',
    'ml_fits__responses',
    'ml_fits__values',
    'ml_fits__next_categories',
] -%}
select * from {{ ref(fits) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
