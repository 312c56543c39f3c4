"""Fits of the category a customer buys next. One row per target and fit."""

from segmentation.learning.categories import learn_categories
from segmentation.learning.probabilities import Settings


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    category_counts = dbt.ref("int_customers__category_counts")
    labels = dbt.ref("int_customers__next_category_labels")
    anchors = dbt.ref("int_anchors")
    settings = dbt.config.meta_get("settings")

    past = session.sql(f"select * from {dbt.this}").df() if dbt.is_incremental else None
    scoring = anchors.filter("anchor_role = 'scoring'").df()
    customers = features.filter("is_sampled and count_orders > 0")
    sampled = customers.project("customer_id, anchor_date")
    counts = category_counts.join(sampled, "customer_id, anchor_date", how="semi")
    return learn_categories(
        customers.df(),
        counts.df(),
        labels.df(),
        settings=Settings(**settings),
        scoring=scoring,
        past=past,
    )
