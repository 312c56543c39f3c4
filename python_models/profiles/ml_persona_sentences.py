"""Persona sentences about every segment. One row per sentence and figure in it."""

from segmentation.personas.sentences import personas_table


def model(dbt, session):
    segments = dbt.ref("int_segments")
    overview = dbt.ref("int_segments__overview")
    told = dbt.ref("int_segments__persona_facts")
    horizon_days = dbt.config.meta_get("horizon_days")
    small_segment_customers = dbt.config.meta_get("small_segment_customers")

    return personas_table(
        segments.df(),
        overview.df(),
        told.df(),
        horizon_days=horizon_days,
        small_segment_customers=small_segment_customers,
    )
