{{ config(materialized='view') }}

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
    fits.fit_id,
    fits.previous_fit_id,

    ---------- strings
    fits.method,
    fits.preprocessing,
    fits.verdict,
    fits.alignment_verdict,
    fits.settings,
    fits.settings_hash,
    fits.input_checksum,
    fits.library_versions,

    ---------- numerics
    fits.fit_number,
    fits.generation,
    fits.n_clusters,
    fits.seed,
    fits.count_training_customers,
    fits.dispersion,
    fits.max_distance,
    fits.agreement_ari,

    ---------- booleans
    fits.is_new_generation,
    fits.is_valid,
    anchors.anchor_date is not null as is_serving,

    ---------- dates
    fits.fit_date,
    fits.serves_from,
    fits.chosen_at
from fits
left join anchors
    on fits.fit_id = anchors.cluster_fit_id
