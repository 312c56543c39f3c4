"""Methods that find clusters, each in the form of prototypes."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from segmentation.clusters.encoding import Clustering, Encoding, Prototypes
from segmentation.estimators import KMeans, one_thread
from segmentation.frames import sorted_by_key

PREPROCESSING = "log1p, standardised"


def k_means(points: np.ndarray, n_clusters: int, seed: int) -> Prototypes:
    """Learn the centres with the least sum of squares within (Lloyd 1982)."""
    with one_thread():
        fitted = KMeans(n_clusters, n_init=10, random_state=seed).fit(points)
    return _nearest(np.arange(n_clusters), fitted.cluster_centers_, points)


def _nearest(cluster: np.ndarray, centre: np.ndarray, points: np.ndarray) -> Prototypes:
    """Place a point by the nearest centre; dispersion is the variance about it."""
    plain = Prototypes(cluster, centre, np.ones(centre.shape), np.zeros(len(centre)))
    within = plain.scores(points).min(axis=1).mean() / points.shape[1]
    return Prototypes(
        plain.cluster, centre, plain.weight, plain.offset, max(within, 1e-9)
    )


METHODS: dict[str, Callable] = {"k-means": k_means}


def fit(
    method: str,
    customers: pd.DataFrame,
    features: list[str],
    categories: list[str],
    n_clusters: int,
    *,
    value: str = "lifetime_net_amount",
    seed: int,
) -> Clustering:
    """Fit a method.

    Parameters
    ----------
    method : str
        A key of `METHODS`.
    customers : DataFrame
        One row per customer: `customer_id`, the features and `value`, in any order.
    features, categories : list of str
        Numeric and categorical features; only the mixed method uses the latter.
    n_clusters : int
    value : str
        The column whose mean orders the clusters: 1 is the most valuable.
    seed : int

    Returns
    -------
    Clustering
    """
    customers = sorted_by_key(customers, "customer_id")
    encoding = Encoding.learn(customers, features)
    points = encoding.points(customers)
    learned = METHODS[method](points, n_clusters, seed)
    means = customers[value].astype(float).groupby(learned.assign(points)).mean()
    by_value = means.sort_values(ascending=False, kind="stable").index.tolist()
    numbered = np.array([by_value.index(cluster) + 1 for cluster in learned.cluster])
    learned = Prototypes(
        numbered,
        learned.centre,
        learned.weight,
        learned.offset,
        learned.dispersion,
        learned.max_distance,
    )
    return Clustering.of(method, encoding, learned, PREPROCESSING)
