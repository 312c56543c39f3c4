"""Rules that describe segments. One row per dimension, rule and feature it bounds."""

from segmentation.binding import at_scoring, buyers, sampled
from segmentation.rules import learn_rules


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    segments = dbt.ref("int_customers__segments")
    names = dbt.config.meta_get("features")
    seed = dbt.config.meta_get("seed")
    min_customers = dbt.config.meta_get("min_customers")

    customers = at_scoring(sampled(buyers(features)))
    found = segments.project(
        "customer_id, rfm_segment_code as rfm, cluster_code as cluster"
    )
    return learn_rules(
        customers.join(found, "customer_id").df(),
        names,
        ["rfm", "cluster"],
        seed=seed,
        min_customers=min_customers,
    )
