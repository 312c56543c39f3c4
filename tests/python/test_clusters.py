import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

from segmentation.clusters import (
    CENTRES_SCHEMA,
    EVIDENCE_SCHEMA,
    compare_cluster_counts,
    learn_centres,
    stability,
    standardise,
)

FEATURES = ["days_since_last_order", "count_orders"]


def blobs(count=300, seed=1):
    """Return customers in three clear groups, of rising value."""
    rng = np.random.default_rng(seed)
    group = rng.integers(3, size=count)
    return pd.DataFrame(
        {
            "customer_id": [f"c{number:04d}" for number in range(count)],
            "days_since_last_order": np.exp([6, 4, 1])[group]
            * rng.uniform(0.9, 1.1, count),
            "count_orders": np.array([9, 60, 400])[group] + rng.integers(0, 2, count),
            "lifetime_net_amount": np.array([10.0, 100, 1000])[group],
            "group": group,
        }
    )


def evidence(customers, counts=(2, 3, 4), min_customers=20):
    return compare_cluster_counts(
        customers, FEATURES, list(counts), seed=7, min_customers=min_customers
    )


def test_three_clear_groups_are_found():
    table = evidence(blobs()).to_pandas().set_index("n_clusters")
    assert table.index[table["is_chosen"]].tolist() == [3]
    assert table.loc[3, "silhouette"] > 0.8
    assert table.loc[3, "stability_ari"] > 0.99


def test_clusters_are_numbered_by_value_highest_first():
    centres = learn_centres(
        blobs(), FEATURES, 3, value="lifetime_net_amount", seed=7
    ).to_pandas()
    orders = centres[centres["feature"] == "count_orders"].set_index("cluster_id")
    assert orders["centre"].is_monotonic_decreasing
    assert orders.index.tolist() == [1, 2, 3]


def test_the_order_of_rows_changes_nothing():
    customers = blobs()
    shuffled = customers.sample(frac=1, random_state=3)
    assert evidence(customers).equals(evidence(shuffled))
    arguments = {"value": "lifetime_net_amount", "seed": 7}
    assert learn_centres(customers, FEATURES, 3, **arguments).equals(
        learn_centres(shuffled, FEATURES, 3, **arguments)
    )


def test_standardising_is_scikit_learns():
    customers = blobs()
    ours = standardise(customers, FEATURES).values
    theirs = StandardScaler().fit_transform(np.log1p(customers[FEATURES]))
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_a_constant_feature_adds_nothing():
    customers = blobs().assign(count_orders=0.1)
    values = standardise(customers, FEATURES).values
    assert (np.abs(values[:, 1]) < 1e-6).all()


def test_groups_are_stable_and_noise_is_not():
    clear = standardise(blobs(), FEATURES).values
    noise = np.random.default_rng(5).normal(size=(300, 2))
    assert stability(clear, 3, seed=1) > stability(noise, 5, seed=1) + 0.2


@pytest.mark.parametrize(
    ("customers", "said"),
    [
        (blobs(10), "too few customers: 10, and 20 are needed"),
        (blobs(0), "too few customers: 0"),
        (blobs(50).assign(days_since_last_order=1, count_orders=1), "only 1 customers"),
    ],
)
def test_with_nothing_to_learn_there_is_a_verdict_and_no_choice(customers, said):
    table = evidence(customers)
    assert table.schema == EVIDENCE_SCHEMA
    frame = table.to_pandas()
    assert frame["verdict"].str.contains(said).all()
    assert not frame["is_chosen"].any()
    empty = learn_centres(customers, FEATURES, None, value="count_orders", seed=7)
    assert empty.schema == CENTRES_SCHEMA
    assert empty.num_rows == 0


def test_where_no_count_is_eligible_the_most_stable_is_chosen_and_it_says_so():
    noise = blobs().assign(
        days_since_last_order=np.random.default_rng(0).uniform(0, 9, 300),
        count_orders=np.random.default_rng(1).uniform(0, 9, 300),
    )
    frame = compare_cluster_counts(
        noise, FEATURES, [5, 6], seed=7, min_customers=20, min_stability=0.999
    ).to_pandas()
    chosen = frame[frame["is_chosen"]]
    assert len(chosen) == 1
    assert chosen["stability_ari"].item() == frame["stability_ari"].max()
    assert "none is eligible" in chosen["verdict"].item()


def test_an_unknown_feature_is_named():
    with pytest.raises(ValueError, match="unknown feature colour"):
        standardise(blobs(), ["colour"])


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 5), st.integers(0, 10_000))
def test_nearest_centres_are_scikit_learns_labels(n_clusters, seed):
    customers = blobs(120, seed)
    table = learn_centres(
        customers, FEATURES, n_clusters, value="lifetime_net_amount", seed=seed
    ).to_pandas()
    points = table.pivot(index="cluster_id", columns="feature", values="centre")[
        FEATURES
    ]
    seen = standardise(customers, FEATURES).values
    ours = ((seen[:, None] - points.to_numpy()[None]) ** 2).sum(axis=2).argmin(axis=1)
    theirs = KMeans(n_clusters, n_init=10, random_state=seed).fit_predict(seen)
    # the same partition, under other numbers
    assert len(set(zip(ours, theirs, strict=True))) == n_clusters
    assert table.groupby("cluster_id")["count_customers"].first().sum() == 120
