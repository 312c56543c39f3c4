{{ config(materialized='view') }}

-- every day that the shop is known, so that a day without orders is a row, too
with

digits as (

    {% for digit in range(10) -%}
    select {{ digit }} as digit
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- 100 000 days are more than two centuries
numbers as (

    select
        10000 * ten_thousands.digit
        + 1000 * thousands.digit
        + 100 * hundreds.digit
        + 10 * tens.digit
        + ones.digit as day_number
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
    cross join digits as ten_thousands

),

known as (

    select
        first_order_date as first_day,
        {{ dbt.datediff(
            'first_order_date', 'anchor_date', 'day'
        ) }} as count_days
    from {{ ref('int_anchors') }}
    where anchor_role = 'scoring'

)

select cast({{ dbt.dateadd('day', 'day_number', 'first_day') }} as date) as date_day
from known
inner join numbers
    on known.count_days > numbers.day_number
