"""How well each number of clusters holds. One row per number of clusters."""

from segmentation.clusters import compare_cluster_counts


def model(dbt, session):
    features = dbt.ref("int_customers__features")
    names = dbt.config.meta_get("features")
    counts = dbt.config.meta_get("counts")
    seed = dbt.config.meta_get("seed")
    min_customers = dbt.config.meta_get("min_customers")

    customers = features.filter(
        "anchor_role = 'scoring' and is_sampled and count_orders > 0"
    ).df()
    return compare_cluster_counts(
        customers, names, counts, seed=seed, min_customers=min_customers
    )
