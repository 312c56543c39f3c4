{{ config(materialized='view') }}

-- every day that the shop is known, so that a day without orders is a row, too
with

anchors as (

    select * from {{ ref('int_anchors') }}

),

digits as (

    {% for digit in range(10) -%}
    select {{ digit }} as digit
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- 100 000 days are more than two centuries
days_since as (

    select
        10000 * ten_thousands.digit
        + 1000 * thousands.digit
        + 100 * hundreds.digit
        + 10 * tens.digit
        + ones.digit as days_since_first_order
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
    cross join digits as ten_thousands

),

known as (

    select
        first_order_date,
        {{ dbt.datediff('first_order_date', 'anchor_date', 'day') }} as known_days
    from anchors
    where anchor_role = 'scoring'

)

select
    cast(
        {{ dbt.dateadd(
            'day', 'days_since.days_since_first_order', 'known.first_order_date'
        ) }} as date
    ) as date_day
from known
inner join days_since
    on days_since.days_since_first_order < known.known_days
