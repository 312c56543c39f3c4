{{ config(materialized='view') }}

{% for fits in [
    'int_fits__serving_purchases',
    'int_fits__serving_responses',
    'int_fits__serving_values',
    'int_fits__serving_next_categories',
] -%}
select * from {{ ref(fits) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
