"""Fits of clusters, each aligned to the one before. One row per fit."""

from segmentation.binding import past_fits
from segmentation.clusters.refits import learn_due_fits


def model(dbt, session):
    history = dbt.ref("int_customers__history_features")
    anchors = dbt.ref("int_history_anchors")
    locks = dbt.ref("segment_locks")
    contrasts = dbt.ref("feature_contrasts")
    weights = dbt.ref("int_features__weights")
    settings = dbt.config.meta_get("settings")

    return learn_due_fits(
        history,
        past_fits(dbt, session),
        anchors=anchors.df(),
        locks=locks.df(),
        contrasts=contrasts.df(),
        weights=weights.df(),
        settings=settings,
    )
