-- Lets a cluster borrow the play and owner of its most common RFM segment.
with

counted as (

    select
        cluster_code,
        rfm_segment_code,
        count(*) as count_customers
    from {{ ref('int_customers__segments') }}
    where cluster_code is not null
    group by cluster_code, rfm_segment_code

)

select
    cluster_code,
    rfm_segment_code,
    count_customers
    / cast(sum(count_customers) over (partition by cluster_code) as double)
        as segment_share
from counted
qualify
    row_number() over (
        partition by cluster_code
        order by count_customers desc, rfm_segment_code asc
    ) = 1
