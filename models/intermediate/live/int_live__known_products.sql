select
    product_id,
    min(ordered_at) as first_ordered_at
from {{ ref('int_sale_lines') }}
group by product_id
