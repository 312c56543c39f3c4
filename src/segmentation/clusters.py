"""k-means clusters of customers: how many, where their centres are.

Customers are seen as standardised logarithms of their behaviour. The number of
clusters is chosen on three kinds of evidence together: how well the clusters are
separated (silhouette), whether the same ones come out of resampled customers
(bootstrap stability) and whether each is large enough to act on (smallest share).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.estimators import (
    KMeans,
    adjusted_rand_score,
    one_thread,
    silhouette_score,
)
from segmentation.frames import conform, sorted_by_key
from segmentation.transforms import transform

PREPROCESSING = "log1p, standardised"

EVIDENCE_SCHEMA = pa.schema(
    [
        ("n_clusters", pa.int64()),
        ("preprocessing", pa.string()),
        ("count_customers", pa.int64()),
        ("silhouette", pa.float64()),
        ("stability_ari", pa.float64()),
        ("smallest_share", pa.float64()),
        ("is_eligible", pa.bool_()),
        ("is_chosen", pa.bool_()),
        ("verdict", pa.string()),
    ]
)

CENTRES_SCHEMA = pa.schema(
    [
        ("cluster_id", pa.int64()),
        ("feature", pa.string()),
        ("feature_mean", pa.float64()),
        ("feature_scale", pa.float64()),
        ("centre", pa.float64()),
        ("count_customers", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Standardised:
    """Standardised logarithms of features, with what it takes to repeat them.

    Attributes
    ----------
    values : ndarray, shape (n, p)
    mean, scale : ndarray, shape (p,)
        Of the logarithms. A constant feature has scale 1, so that it adds nothing.
    """

    values: np.ndarray
    mean: np.ndarray
    scale: np.ndarray


def standardise(customers: pd.DataFrame, features: list[str]) -> Standardised:
    """Take logarithms of features, and standardise them.

    Parameters
    ----------
    customers : DataFrame, shape (n, ≥ p)
    features : list of str
        The p columns to use; a missing value counts as 0.

    Returns
    -------
    Standardised
    """
    logs = transform(customers, dict.fromkeys(features, "log1p")).fillna(0).to_numpy()
    mean = logs.mean(axis=0)
    scale = logs.std(axis=0)
    # a spread that is only rounding is none
    scale = np.where(scale > 1e-9 * np.maximum(1, np.abs(mean)), scale, 1.0)
    return Standardised((logs - mean) / scale, mean, scale)


def _k_means(values: np.ndarray, n_clusters: int, seed: int, n_init: int) -> KMeans:
    with one_thread():
        return KMeans(n_clusters, n_init=n_init, random_state=seed).fit(values)


def stability(
    values: np.ndarray,
    n_clusters: int,
    *,
    seed: int,
    bootstraps: int = 20,
    n_init: int = 10,
) -> float:
    """Measure how far resampled customers lead to the same clusters.

    Clusters are learnt on bootstrap samples and everyone is assigned to them; each
    assignment is compared with that of the clusters learnt on all.

    Parameters
    ----------
    values : ndarray, shape (n, p)
    n_clusters : int
    seed : int
    bootstraps : int
        Number of bootstrap samples.
    n_init : int
        Starts of each fit.

    Returns
    -------
    float
        Mean adjusted Rand index, 1 where all agree, 0 where by chance.

    References
    ----------
    Hennig (2007), Cluster-wise assessment of cluster stability, CSDA 52(1);
    Hubert & Arabie (1985), Comparing partitions, J. Classification 2, eq. 5.
    """
    rng = np.random.default_rng(seed)
    everyone = _k_means(values, n_clusters, seed, n_init).labels_
    scores = []
    for _ in range(bootstraps):
        drawn = rng.integers(len(values), size=len(values))
        fitted = _k_means(values[drawn], n_clusters, seed, n_init)
        with one_thread():
            scores.append(adjusted_rand_score(everyone, fitted.predict(values)))
    return float(np.mean(scores))


def compare_cluster_counts(
    customers: pd.DataFrame,
    features: list[str],
    counts: list[int],
    *,
    seed: int,
    min_customers: int,
    min_share: float = 0.03,
    min_stability: float = 0.75,
    max_silhouette_rows: int = 10_000,
    max_bootstrap_rows: int = 10_000,
) -> pa.Table:
    """Gather the evidence for each number of clusters, and choose one.

    Of the numbers whose smallest cluster is at least `min_share` and whose stability
    is at least `min_stability`, the one with the best silhouette is chosen. Where
    none is eligible, the most stable one is chosen, and the verdict says so.

    Parameters
    ----------
    customers : DataFrame
        One row per customer: `customer_id` and the features, in any order.
    features : list of str
    counts : list of int
        The numbers of clusters to compare.
    seed : int
    min_customers : int
        With fewer customers nothing is chosen, and the verdict says so.
    min_share : float
        A cluster smaller than this share of customers is too small to act on.
    min_stability : float
        Adjusted Rand index that resampled clusters must reach; .75 is Hennig's
        threshold for a valid, stable pattern.
    max_silhouette_rows, max_bootstrap_rows : int
        Silhouette and stability are measured on so many customers, drawn at random,
        which bounds the work.

    Returns
    -------
    pyarrow.Table
        `EVIDENCE_SCHEMA`; one row per number of clusters.

    References
    ----------
    Rousseeuw (1987), Silhouettes, J. Comp. Appl. Math. 20; Hennig (2007), as in
    `stability`.
    """
    customers = sorted_by_key(customers, "customer_id")
    rows = []
    if len(customers) >= min_customers:
        values = standardise(customers, features).values
        some = _sample(len(values), max_silhouette_rows, seed)
        drawn = _sample(len(values), max_bootstrap_rows, seed)
        distinct = len(np.unique(values, axis=0))
    for count in sorted(set(counts)):
        row = {
            "n_clusters": count,
            "preprocessing": PREPROCESSING,
            "count_customers": len(customers),
            "silhouette": None,
            "stability_ari": None,
            "smallest_share": None,
            "is_eligible": False,
            "is_chosen": False,
        }
        if len(customers) < min_customers:
            row["verdict"] = (
                f"too few customers: {len(customers)}, and {min_customers} are needed"
            )
        elif distinct <= count:
            row["verdict"] = f"only {distinct} customers differ from each other"
        else:
            labels = _k_means(values, count, seed, 10).labels_
            row["smallest_share"] = np.bincount(labels).min() / len(labels)
            row["silhouette"] = silhouette_score(values[some], labels[some])
            row["stability_ari"] = stability(values[drawn], count, seed=seed)
            faults = []
            if row["smallest_share"] < min_share:
                faults.append(f"the smallest cluster is under {min_share:.0%}")
            if row["stability_ari"] < min_stability:
                faults.append(f"stability is under {min_stability}")
            row["is_eligible"] = not faults
            row["verdict"] = " and ".join(faults) or "eligible"
        rows.append(row)
    _choose(rows)
    return conform(pd.DataFrame(rows), EVIDENCE_SCHEMA)


def _sample(count: int, most: int, seed: int) -> np.ndarray:
    # ids come in the order of joining: the first of them are the oldest customers
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).permutation(count)[:most])


def _choose(rows: list[dict]) -> None:
    measured = [row for row in rows if row["silhouette"] is not None]
    eligible = [row for row in measured if row["is_eligible"]]
    if eligible:
        chosen = max(eligible, key=lambda row: row["silhouette"])
        chosen["verdict"] = "chosen: best silhouette of the eligible"
    elif measured:
        chosen = max(measured, key=lambda row: row["stability_ari"])
        chosen["verdict"] += "; chosen as the most stable, since none is eligible"
    else:
        return
    chosen["is_chosen"] = True


def learn_centres(
    customers: pd.DataFrame,
    features: list[str],
    n_clusters: int | None,
    *,
    value: str,
    seed: int,
) -> pa.Table:
    """Learn where the clusters' centres are.

    Parameters
    ----------
    customers : DataFrame
        One row per customer: `customer_id`, the features and `value`, in any order.
    features : list of str
    n_clusters : int or None
        None where no number could be chosen: there are then no centres.
    value : str
        The column whose mean orders the clusters: 1 is the most valuable.
    seed : int

    Returns
    -------
    pyarrow.Table
        `CENTRES_SCHEMA`; one row per cluster and feature. A customer belongs to the
        cluster whose centre is nearest to ((ln(1 + x) - mean) / scale), by squared
        Euclidean distance, the lower id where two are equally near.
    """
    if n_clusters is None:
        return CENTRES_SCHEMA.empty_table()
    customers = sorted_by_key(customers, "customer_id")
    standardised = standardise(customers, features)
    fitted = _k_means(standardised.values, n_clusters, seed, 10)
    means = customers[value].astype(float).groupby(fitted.labels_).mean()
    by_value = means.sort_values(ascending=False, kind="stable").index
    counts = np.bincount(fitted.labels_, minlength=n_clusters)
    rows = [
        {
            "cluster_id": position + 1,
            "feature": feature,
            "feature_mean": standardised.mean[column],
            "feature_scale": standardised.scale[column],
            "centre": fitted.cluster_centers_[label, column],
            "count_customers": counts[label],
        }
        for position, label in enumerate(by_value)
        for column, feature in enumerate(features)
    ]
    return conform(pd.DataFrame(rows), CENTRES_SCHEMA)
