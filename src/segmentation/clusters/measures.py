"""How good clusters are: each measure, from its source.

Labels are cluster numbers, 0 for noise. A measure that is not defined is None.
"""

from collections.abc import Callable

import numpy as np

from segmentation.clusters.encoding import NOISE
from segmentation.estimators import (
    davies_bouldin_score,
    silhouette_score,
)


def silhouette(points: np.ndarray, labels: np.ndarray) -> float | None:
    """Measure how much nearer customers are to their own cluster than to the next.

    The mean of (b - a) / max(a, b), a being the mean distance to the own cluster and b
    that to the nearest other [1]_. Noise is left out. It depends on how points were
    made, and means nothing without that.

    Parameters
    ----------
    points : ndarray, shape (n, p)
    labels : ndarray of int, shape (n,)

    Returns
    -------
    float or None
        From -1 to 1.

    References
    ----------
    .. [1] P. J. Rousseeuw (1987), "Silhouettes: a graphical aid to the interpretation
       and validation of cluster analysis", J. Computational and Applied Mathematics 20.
    """
    return _separation(silhouette_score, points, labels)


def davies_bouldin(points: np.ndarray, labels: np.ndarray) -> float | None:
    """Measure how wide clusters are for the distance between them.

    The mean, over clusters, of the largest (s_i + s_j) / d_ij, s being the mean
    distance to the own centre and d that between centres [1]_. Noise is left out.

    Parameters
    ----------
    points : ndarray, shape (n, p)
    labels : ndarray of int, shape (n,)

    Returns
    -------
    float or None
        From 0 on; lower is better separated.

    References
    ----------
    .. [1] D. L. Davies and D. W. Bouldin (1979), "A cluster separation measure", IEEE
       Transactions on Pattern Analysis and Machine Intelligence 1(2).
    """
    return _separation(davies_bouldin_score, points, labels)


def _separation(
    score: Callable[[np.ndarray, np.ndarray], float],
    points: np.ndarray,
    labels: np.ndarray,
) -> float | None:
    inside = labels != NOISE
    if not 1 < len(np.unique(labels[inside])) < inside.sum():
        return None
    return float(score(points[inside], labels[inside]))


def smallest_share(labels: np.ndarray) -> float:
    """Return the smallest cluster's share of all customers; 0 where all are noise."""
    sizes = np.bincount(labels[labels != NOISE])
    return float(sizes[sizes > 0].min() / len(labels)) if sizes.any() else 0.0


def noise_share(labels: np.ndarray) -> float:
    """Return the share of customers who are in no cluster."""
    return float(np.mean(labels == NOISE))


def agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Return the adjusted Rand index: 1 where all agree, 0 where by chance [1]_.

    References
    ----------
    .. [1] L. Hubert and P. Arabie (1985), "Comparing partitions", J. Classification 2,
       equation 5.
    """
    _, rows = np.unique(one, return_inverse=True)
    _, columns = np.unique(other, return_inverse=True)
    cells = rows * (columns.max(initial=0) + 1) + columns
    both, mine, theirs = (
        int((np.bincount(group) ** 2).sum()) for group in (cells, rows, columns)
    )
    # ordered pairs of customers, by whether they are together in each partition
    only_one, only_other = mine - both, theirs - both
    together = both - len(rows)
    apart = len(rows) ** 2 - both - only_one - only_other
    if only_one == only_other == 0:
        return 1.0
    pairs = (together + only_one) * (only_one + apart)
    pairs += (together + only_other) * (only_other + apart)
    return 2.0 * (together * apart - only_one * only_other) / pairs


def stability(
    points: np.ndarray,
    labels: np.ndarray,
    learn: Callable[[np.ndarray], Callable[[np.ndarray], np.ndarray]],
    *,
    seed: int,
    bootstraps: int,
    with_copies: bool = True,
) -> float:
    """Measure how far resampled customers lead to the same clusters.

    Clusters are learned on bootstrap samples and everyone is placed in them; each
    placement is compared with that of the clusters learned on all [1]_.

    Parameters
    ----------
    points : ndarray, shape (n, p)
    labels : ndarray of int, shape (n,)
        The clusters learned on all.
    learn : callable
        Takes points, and returns what places points in the clusters learned on them.
    seed : int
    bootstraps : int
        Number of bootstrap samples.
    with_copies : bool
        Whether one who is drawn twice counts twice. Copies are no dense region.

    Returns
    -------
    float
        Mean adjusted Rand index.

    References
    ----------
    .. [1] C. Hennig (2007), "Cluster-wise assessment of cluster stability",
       Computational Statistics & Data Analysis 52(1).
    """
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(bootstraps):
        drawn = rng.integers(len(points), size=len(points))
        if not with_copies:
            drawn = np.unique(drawn)
        found.append(agreement(labels, learn(points[drawn])(points)))
    return float(np.mean(found))


def prediction_strength(own: np.ndarray, placed: np.ndarray) -> float | None:
    """Measure whether those who are together in new data were said to be.

    Of the pairs of customers in one cluster of their `own`, the share that are also
    `placed` in one by what was learned elsewhere, for the worst cluster [1]_.

    Parameters
    ----------
    own, placed : ndarray of int, shape (n,)
        The cluster of each customer by what was learned on these customers, and by what
        was learned on others.

    Returns
    -------
    float or None
        From 0 to 1. .8 and more speaks for clusters that are there. A cluster of one
        has no pairs, and strength 0.

    References
    ----------
    .. [1] R. Tibshirani and G. Walther (2005), "Cluster validation by prediction
       strength", J. Computational and Graphical Statistics 14(3), equation 2.1.
    """
    shares = []
    for cluster in np.unique(own[own != NOISE]):
        members = placed[own == cluster]
        together = np.bincount(members[members != NOISE])
        pairs = len(members) * (len(members) - 1)
        shares.append((together * (together - 1)).sum() / pairs if pairs else 0.0)
    return float(min(shares)) if shares else None


def explained(
    actual: np.ndarray,
    labels: np.ndarray,
    learned_actual: np.ndarray,
    learned_labels: np.ndarray,
) -> float | None:
    """Measure how much of an outcome's variance clusters explain, out of sample.

    1 - sum (y - m_k)^2 / sum (y - m)^2, where the cluster's mean m_k and the mean m are
    those of other customers (the out-of-sample R^2 [1]_).

    Parameters
    ----------
    actual, labels : ndarray, shape (n,)
        Outcome and cluster of those judged on; noise counts as a group of its own.
    learned_actual, learned_labels : ndarray, shape (m,)
        Of those the means are taken from.

    Returns
    -------
    float or None
        At most 1; below 0 where clusters are worse than none.

    References
    ----------
    .. [1] J. Y. Campbell and S. B. Thompson (2008), "Predicting excess stock returns
       out of sample", Review of Financial Studies 21(4), equation 1.
    """
    if not len(actual) or not len(learned_actual):
        return None
    size = max(labels.max(), learned_labels.max()) + 1
    counts = np.bincount(learned_labels, minlength=size)
    sums = np.bincount(learned_labels, weights=learned_actual, minlength=size)
    mean = learned_actual.mean()
    means = np.where(counts > 0, sums / np.maximum(counts, 1), mean)
    total = ((actual - mean) ** 2).sum()
    if total == 0:
        return None
    return float(1 - ((actual - means[labels]) ** 2).sum() / total)
