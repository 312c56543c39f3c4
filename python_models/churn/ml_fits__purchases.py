"""Fits of churn, purchase probability, next order. One row per target and fit."""

from segmentation.binding import at_scoring, past_fits
from segmentation.learning.settings import Settings
from segmentation.predictions.purchases import learn_purchases


def model(dbt, session):
    labelled = dbt.ref("int_customers__churn_training")
    anchors = dbt.ref("int_anchors")
    groups = dbt.ref("int_customers")
    settings = dbt.config.meta_get("settings")
    horizons = dbt.config.meta_get("horizons")
    churn_horizon = dbt.config.meta_get("churn_horizon")
    features = dbt.config.meta_get("features")

    return learn_purchases(
        labelled.df(),
        horizons=horizons,
        churn_horizon=churn_horizon,
        features=features,
        settings=Settings(**settings),
        scoring=at_scoring(anchors).df(),
        past=past_fits(dbt, session),
        groups=groups.df(),
    )
