"""Fits of expected orders and spend. One row per target and fit."""

from segmentation.learning.amounts import learn_amounts
from segmentation.learning.probabilities import Settings


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    labels = dbt.ref("int_customers__value_labels")
    anchors = dbt.ref("int_anchors")
    groups = dbt.ref("int_customers")
    settings = dbt.config.meta_get("settings")
    horizons = dbt.config.meta_get("horizons")
    learned_on = dbt.config.meta_get("features")

    past = session.sql(f"select * from {dbt.this}").df() if dbt.is_incremental else None
    scoring = anchors.filter("anchor_role = 'scoring'").df()
    customers = features.filter("is_sampled and count_orders > 0").df()
    return learn_amounts(
        customers,
        labels.df(),
        horizons=horizons,
        features=learned_on,
        settings=Settings(**settings),
        scoring=scoring,
        past=past,
        groups=groups.df(),
    )
