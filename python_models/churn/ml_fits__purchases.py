"""Fits of churn, purchase probability, next order. One row per target and fit."""

from segmentation.learning.probabilities import Settings
from segmentation.learning.purchases import learn_purchases


def model(dbt, session):
    labelled = dbt.ref("int_customers__churn_training")
    anchors = dbt.ref("int_anchors")
    groups = dbt.ref("int_customers")
    settings = dbt.config.meta_get("settings")
    horizons = dbt.config.meta_get("horizons")
    churn_horizon = dbt.config.meta_get("churn_horizon")
    features = dbt.config.meta_get("features")

    past = session.sql(f"select * from {dbt.this}").df() if dbt.is_incremental else None
    scoring = anchors.filter("anchor_role = 'scoring'").df()
    return learn_purchases(
        labelled.df(),
        horizons=horizons,
        churn_horizon=churn_horizon,
        features=features,
        settings=Settings(**settings),
        scoring=scoring,
        past=past,
        groups=groups.df(),
    )
