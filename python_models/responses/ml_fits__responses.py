"""Fits of the response to a message: a click, an order. One row per target and fit."""

from segmentation.learning.probabilities import Settings
from segmentation.learning.responses import learn_responses


def model(dbt, session):
    labelled = dbt.ref("int_customers__response_training")
    anchors = dbt.ref("int_anchors")
    groups = dbt.ref("int_customers")
    settings = dbt.config.meta_get("settings")
    horizon_days = dbt.config.meta_get("horizon_days")
    features = dbt.config.meta_get("features")
    more_features = dbt.config.meta_get("more_features")

    past = session.sql(f"select * from {dbt.this}").df() if dbt.is_incremental else None
    scoring = anchors.filter("anchor_role = 'scoring'").df()
    return learn_responses(
        labelled.df(),
        horizon_days=horizon_days,
        features=features | more_features,
        settings=Settings(**settings),
        scoring=scoring,
        past=past,
        groups=groups.df(),
    )
