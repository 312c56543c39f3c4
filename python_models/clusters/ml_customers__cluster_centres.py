"""Where the clusters' centres are. One row per cluster and feature."""

from segmentation.clusters import learn_centres


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    evidence = dbt.ref("ml_customers__cluster_evidence")
    names = dbt.config.meta_get("features")
    seed = dbt.config.meta_get("seed")

    customers = features.filter(
        "anchor_role = 'scoring' and is_sampled and count_orders > 0"
    ).df()
    chosen = evidence.filter("is_chosen").df()["n_clusters"].tolist()
    return learn_centres(
        customers,
        names,
        chosen[0] if chosen else None,
        value="lifetime_net_amount",
        seed=seed,
    )
