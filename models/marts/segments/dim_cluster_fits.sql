with

fits as (

    select * from {{ ref('int_cluster_fits') }}

),

anchors as (

    select * from {{ ref('int_history_anchors__clusters') }}
    where is_scoring

)

select
    ---------- ids
    cast(fits.fit_id as {{ dbt.type_string() }}) as fit_id,
    cast(fits.previous_fit_id as {{ dbt.type_string() }}) as previous_fit_id,

    ---------- strings
    cast(fits.method as {{ dbt.type_string() }}) as method,
    cast(fits.preprocessing as {{ dbt.type_string() }}) as preprocessing,
    cast(fits.verdict as {{ dbt.type_string() }}) as verdict,
    cast(fits.alignment_verdict as {{ dbt.type_string() }}) as alignment_verdict,
    cast(fits.settings as {{ dbt.type_string() }}) as settings,
    cast(fits.settings_hash as {{ dbt.type_string() }}) as settings_hash,
    cast(fits.input_checksum as {{ dbt.type_string() }}) as input_checksum,
    cast(fits.library_versions as {{ dbt.type_string() }}) as library_versions,

    ---------- numerics
    cast(fits.fit_number as bigint) as fit_number,
    cast(fits.generation as bigint) as generation,
    cast(fits.n_clusters as bigint) as n_clusters,
    cast(fits.seed as bigint) as seed,
    cast(fits.count_training_customers as bigint) as count_training_customers,
    cast(fits.dispersion as double) as dispersion,
    cast(fits.max_distance as double) as max_distance,
    cast(fits.agreement_ari as double) as agreement_ari,

    ---------- booleans
    cast(fits.is_new_generation as boolean) as is_new_generation,
    fits.is_valid,
    anchors.anchor_date is not null as is_serving,

    ---------- dates
    cast(fits.fit_date as date) as fit_date,
    cast(fits.serves_from as date) as serves_from,
    cast(fits.chosen_at as date) as chosen_at
from fits
left join anchors
    on fits.fit_id = anchors.cluster_fit_id
