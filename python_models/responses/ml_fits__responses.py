"""Fits of the response to a message: a click, an order. One row per target and fit."""

from segmentation.binding import at_scoring, past_fits
from segmentation.learning.settings import Settings
from segmentation.predictions.responses import learn_responses


def model(dbt, session):
    labelled = dbt.ref("int_customers__response_training")
    anchors = dbt.ref("int_anchors")
    groups = dbt.ref("int_customers")
    settings = dbt.config.meta_get("settings")
    horizon_days = dbt.config.meta_get("horizon_days")
    features = dbt.config.meta_get("features")
    more_features = dbt.config.meta_get("more_features")

    return learn_responses(
        labelled.df(),
        horizon_days=horizon_days,
        features=features | more_features,
        settings=Settings(**settings),
        scoring=at_scoring(anchors).df(),
        past=past_fits(dbt, session),
        groups=groups.df(),
    )
