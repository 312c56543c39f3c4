"""Rules that tell segments. One row per dimension, rule and feature it bounds."""

from segmentation.rules import learn_rules


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    segments = dbt.ref("int_customers__segments")
    names = dbt.config.meta_get("features")
    seed = dbt.config.meta_get("seed")
    min_customers = dbt.config.meta_get("min_customers")

    customers = features.filter(
        "anchor_role = 'scoring' and is_sampled and count_orders > 0"
    ).df()
    found = segments.project(
        "customer_id, rfm_segment_code as rfm, cluster_code as cluster"
    ).df()
    return learn_rules(
        customers.merge(found, on="customer_id"),
        names,
        ["rfm", "cluster"],
        seed=seed,
        min_customers=min_customers,
    )
