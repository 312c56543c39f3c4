-- A fit serves from its first anchor on, until a later fit takes over.
with

anchors as (

    select * from {{ ref('int_history_anchors') }}

),

fits as (

    select * from {{ ref('int_cluster_fits') }}
    where is_able

),

serving as (

    select
        anchors.*,
        fits.fit_id as cluster_fit_id
    from anchors
    left join fits
        on anchors.anchor_date >= fits.serves_from
    qualify
        row_number() over (
            partition by anchors.anchor_date
            order by fits.serves_from desc nulls last, fits.fit_number desc nulls last
        ) = 1

)

select
    *,
    lag(cluster_fit_id) over (order by anchor_date) as previous_cluster_fit_id
from serving
