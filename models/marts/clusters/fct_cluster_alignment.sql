select
    ---------- ids
    cast(alignment_id as {{ dbt.type_string() }}) as alignment_id,
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,

    ---------- strings
    cast(segment_code as {{ dbt.type_string() }}) as segment_code,
    cast(previous_segment_code as {{ dbt.type_string() }}) as previous_segment_code,
    cast(alignment_state as {{ dbt.type_string() }}) as alignment_state,
    cast(suggested_name as {{ dbt.type_string() }}) as suggested_name,

    ---------- numerics
    cast(overlap as double) as overlap,
    cast(centre_shift as double) as centre_shift,
    cast(count_customers as bigint) as count_customers,
    cast(count_previous_customers as bigint) as count_previous_customers,
    cast(customer_share as double) as customer_share,

    ---------- booleans
    is_locked,

    ---------- dates
    cast(fit_date as date) as fit_date
from {{ for_readers('int_clusters__alignment') }}
