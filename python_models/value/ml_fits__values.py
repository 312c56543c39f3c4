"""Fits of expected orders and spend. One row per target and fit."""

from segmentation.binding import at_scoring, buyers, past_fits, sampled
from segmentation.learning.settings import Settings
from segmentation.predictions.values import learn_values


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    labels = dbt.ref("int_customers__value_labels")
    anchors = dbt.ref("int_anchors")
    groups = dbt.ref("int_customers")
    settings = dbt.config.meta_get("settings")
    horizons = dbt.config.meta_get("horizons")
    learned_on = dbt.config.meta_get("features")

    return learn_values(
        buyers(sampled(features)).df(),
        labels.df(),
        horizons=horizons,
        features=learned_on,
        settings=Settings(**settings),
        scoring=at_scoring(anchors).df(),
        past=past_fits(dbt, session),
        groups=groups.df(),
    )
