-- A code without a row in dim_segments shows up nameless on a dashboard.
with

codes as (

    {% for dimension, column in segment_dimensions().items() -%}
    select
        '{{ dimension }}' as dimension,
        {{ column }} as segment_code
    from {{ ref('fct_customer_segments') }}
    where {{ column }} is not null
    {% if not loop.last %}union{% endif %}
    {% endfor %}

)

select codes.*
from codes
left join {{ ref('dim_segments') }} as segments
    on
        codes.dimension = segments.dimension
        and codes.segment_code = segments.segment_code
where segments.segment_code is null
