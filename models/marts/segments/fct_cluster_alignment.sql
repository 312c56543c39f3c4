with

alignment as (

    select * from {{ ref('int_cluster_fits__alignment') }}

),

clusters as (

    select * from {{ ref('int_cluster_fits__clusters') }}

)

select
    ---------- ids
    cast(
        alignment.fit_id || ':' || {{ cluster_code('alignment.cluster_id') }}
        as {{ dbt.type_string() }}
    ) as alignment_id,
    cast(alignment.fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast({{ cluster_code('alignment.cluster_id') }} as {{ dbt.type_string() }})
        as segment_code,
    cast(
        {{ cluster_code('alignment.previous_cluster_id') }} as {{ dbt.type_string() }}
    ) as previous_segment_code,
    cast(alignment.state as {{ dbt.type_string() }}) as alignment_state,
    cast(clusters.suggested_name as {{ dbt.type_string() }}) as suggested_name,

    ---------- numerics
    cast(round(alignment.overlap, 6) as double) as overlap,
    cast(round(alignment.centre_shift, 6) as double) as centre_shift,
    cast(alignment.count_customers as bigint) as count_customers,
    cast(alignment.count_previous_customers as bigint) as count_previous_customers,
    cast(clusters.customer_share as double) as customer_share,

    ---------- booleans
    coalesce(clusters.is_locked, false) as is_locked,

    ---------- dates
    cast(alignment.fit_date as date) as fit_date
from alignment
left join clusters
    on
        alignment.fit_id = clusters.fit_id
        and alignment.cluster_id = clusters.cluster_id
