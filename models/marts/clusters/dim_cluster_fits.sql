select
    ---------- ids
    cast(fit_id as {{ dbt.type_string() }}) as fit_id,
    cast(previous_fit_id as {{ dbt.type_string() }}) as previous_fit_id,

    ---------- strings
    cast(method as {{ dbt.type_string() }}) as method,
    cast(preprocessing as {{ dbt.type_string() }}) as preprocessing,
    cast(verdict as {{ dbt.type_string() }}) as verdict,
    cast(alignment_verdict as {{ dbt.type_string() }}) as alignment_verdict,
    cast(settings as {{ dbt.type_string() }}) as settings,
    cast(settings_hash as {{ dbt.type_string() }}) as settings_hash,
    cast(input_checksum as {{ dbt.type_string() }}) as input_checksum,
    cast(library_versions as {{ dbt.type_string() }}) as library_versions,

    ---------- numerics
    cast(fit_number as bigint) as fit_number,
    cast(generation as bigint) as generation,
    cast(n_clusters as bigint) as n_clusters,
    cast(seed as bigint) as seed,
    cast(count_training_customers as bigint) as count_training_customers,
    cast(dispersion as double) as dispersion,
    cast(max_distance as double) as max_distance,
    cast(agreement_ari as double) as agreement_ari,

    ---------- booleans
    cast(is_new_generation as boolean) as is_new_generation,
    is_valid,
    is_serving,

    ---------- dates
    cast(fit_date as date) as fit_date,
    cast(serves_from as date) as serves_from,
    cast(chosen_at as date) as chosen_at
from {{ for_readers('int_cluster_fits__registry') }}
