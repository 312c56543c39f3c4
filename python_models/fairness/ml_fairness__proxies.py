"""How well features give away protected attributes. One row per group and feature."""

from segmentation.binding import at_scoring, buyers, sampled
from segmentation.fairness import find_proxies


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    people = dbt.ref("int_fairness__people")
    read = dbt.config.meta_get("features")
    more = dbt.config.meta_get("more_features")
    logarithms = dbt.config.meta_get("logarithms")
    min_customers = dbt.config.meta_get("min_customers")

    return find_proxies(
        at_scoring(buyers(sampled(features))).df(),
        people.df(),
        features=read | more,
        logarithms=logarithms,
        min_customers=min_customers,
    )
