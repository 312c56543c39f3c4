"""Fits of the category a customer buys next. One row per target and fit."""

from segmentation.binding import at_scoring, buyers, of_customers, past_fits, sampled
from segmentation.learning.settings import Settings
from segmentation.predictions.next_category import learn_next_category


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    category_counts = dbt.ref("int_customers__category_counts")
    labels = dbt.ref("int_customers__next_category_labels")
    anchors = dbt.ref("int_anchors")
    settings = dbt.config.meta_get("settings")

    customers = buyers(sampled(features))
    return learn_next_category(
        customers.df(),
        of_customers(category_counts, customers).df(),
        labels.df(),
        settings=Settings(**settings),
        scoring=at_scoring(anchors).df(),
        past=past_fits(dbt, session),
    )
